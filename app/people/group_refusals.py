"""What mutual-aid groups and grid teams refuse (ORG-3, ORG-5)."""

from app.kit.errors import Refusal


class GroupOfWrongSize(Refusal):
    """A mutual-aid group has two to five members."""

    code = "group.wrong_size"
    status = 422
    zh = "互助组由2至5名网格员组成。"
    rule = "ORG-5"
    clause = "二9(2)"


class GroupOfTwoCommunities(Refusal):
    """All members of a mutual-aid group have grids of its one community."""

    code = "group.two_communities"
    status = 422
    zh = "互助组成员的网格须同属该社区。"
    rule = "ORG-5"
    clause = "二9(2)"


class GroupNotAdjacent(Refusal):
    """The grids of the members do not hang together, directly or through another member."""

    code = "group.not_adjacent"
    status = 422
    zh = "互助组成员的网格不相邻（可经其他成员的网格相连）。"
    rule = "ORG-5"
    clause = "二9(2)"


class MemberNotFullTime(Refusal):
    """Only full-time workers form mutual-aid groups."""

    code = "group.member_not_full_time"
    status = 422
    zh = "互助组成员须为专职网格员。"
    rule = "ORG-5"
    clause = "二9(2)"


class MemberWithoutGrid(Refusal):
    """The worker has no grid with a boundary on that date."""

    code = "group.member_without_grid"
    status = 422
    zh = "该网格员当日没有划定边界的网格。"
    rule = "ORG-5"
    clause = "二9(2)"


class AlreadyInGroup(Refusal):
    """The worker is in a mutual-aid group at that time already."""

    code = "group.already_member"
    zh = "该网格员在该时段已加入互助组。"
    rule = "ORG-5"
    clause = "二9(2)"


class GroupHasEnded(Refusal):
    """The mutual-aid group does not exist on that date: it has ended, or not begun."""

    code = "group.has_ended"
    zh = "互助组在该日期不存在：已解散或尚未成立。"
    rule = "ORG-5"
    clause = "二9(2)"


class GroupIdReused(Refusal):
    """This id already stands for another mutual-aid group."""

    code = "group.id_reused"
    zh = "该编号已用于另一个互助组。"
    rule = "ORG-5"
    clause = "二9(2)"

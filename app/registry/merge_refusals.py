"""What merges and their undoing can be refused for (INF-1)."""

from app.kit.errors import Refusal


class _OfMerges(Refusal):
    rule = "INF-1"
    clause = "二2"


class SameRecord(_OfMerges):
    """These are not two records but one."""

    code = "merge.same_record"
    status = 422
    zh = "两个编号是同一条记录。"


class MergeUndone(_OfMerges):
    """This merge was undone already."""

    code = "merge.already_undone"
    zh = "该合并已撤销。"


class MergedOn(_OfMerges):
    """The kept record was itself merged into another one since: undo that merge first."""

    code = "merge.merged_on"
    zh = "保留的记录此后又并入另一条记录，请先撤销后一次合并。"

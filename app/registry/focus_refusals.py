"""What focus lists and known changes can be refused for (INF-4, INF-5)."""

from app.kit.errors import Refusal


class AlreadyListed(Refusal):
    """The same person or place stands on this community's list already."""

    code = "listing.already_listed"
    zh = "本社区名单中已有同一对象。"
    rule = "INF-4"
    clause = "四(二)5"


class ListingWithdrawn(Refusal):
    """This listing was withdrawn already."""

    code = "listing.withdrawn"
    zh = "该名单条目已撤销。"
    rule = "INF-4"
    clause = "四(二)5"


class ListedElsewhere(Refusal):
    """A list is kept by community or by grid."""

    code = "listing.unit_too_high"
    status = 422
    zh = "名单须登记到社区或网格。"
    rule = "INF-4"
    clause = "四(二)5"


class ListedInTheFuture(Refusal):
    """Nobody can be listed from a date that is still to come."""

    code = "listing.in_the_future"
    status = 422
    zh = "列入名单的日期不得晚于今天。"
    rule = "INF-4"
    clause = "四(二)5"


class KnownInTheFuture(Refusal):
    """A change can't come to be known on a date that is still to come."""

    code = "change.in_the_future"
    status = 422
    zh = "获知变化的日期不得晚于今天。"
    rule = "INF-5"
    clause = "四(二)5"

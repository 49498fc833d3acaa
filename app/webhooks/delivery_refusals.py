"""What a replay can be refused for."""

from app.kit.errors import Refusal


class ReplayTooFarBack(Refusal):
    """A replay can't go back so far: what was told then is no longer on record."""

    code = "webhook.replay_too_far_back"
    status = 422
    zh = "重放的起始时间过早：当时的推送记录已不再保留。"
    rule = "INT-2"
    clause = "三(一)1 “4”"

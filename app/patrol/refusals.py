"""What appointments can be refused for."""

from app.kit.errors import Refusal


class AppointmentTooFar(Refusal):
    """An appointment lies within 31 days of when it was recorded."""

    code = "patrol.appointment_too_far"
    status = 422
    zh = "预约时间须在记录前后31日以内。"
    rule = "FLD-3"
    clause = "三(一)1 “6”"

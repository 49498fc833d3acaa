"""The three-level corps: who is of level 2 and of level 3 (ORG-3, 一(一))."""

from enum import StrEnum


class RosterCategory(StrEnum):
    """Members of levels 2 and 3; they don't sign in and are not appraised."""

    INTERNAL_SECURITY = "internal_security"
    GATEKEEPER = "gatekeeper"
    COURTYARD_COMMITTEE = "courtyard_committee"
    BUILDING_LEAD = "building_lead"
    SHOP_JOINT_DEFENCE = "shop_joint_defence"
    VOLUNTEER = "volunteer"
    PATROL_TEAM = "patrol_team"
    URBAN_MANAGEMENT = "urban_management"
    LAW_ENFORCEMENT = "law_enforcement"
    MILITIA = "militia"
    PUBLIC_WELFARE_POST = "public_welfare_post"

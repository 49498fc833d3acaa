"""HIRE: forms of recruitment, the conditions, the contract and its ends (一(二))."""

from enum import StrEnum


class RecruitmentForm(StrEnum):
    """一(二)2: the two forms."""

    EXAMINATION = "examination"
    APPRAISAL = "appraisal"


class Residence(StrEnum):
    """一(二)3(1): what makes a resident, beside insurance for 24 months."""

    HUKOU = "hukou"
    PROPERTY = "property"


class Education(StrEnum):
    """From the lowest to the highest."""

    PRIMARY = "primary"
    JUNIOR_HIGH = "junior_high"
    SENIOR_HIGH = "senior_high"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    JUNIOR_COLLEGE = "junior_college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORATE = "doctorate"


class Attested(StrEnum):
    """一(二)3(2) to (4): what the township attests."""

    POLITICAL = "political"
    SKILLS = "skills"
    HEALTH = "health"


class Bar(StrEnum):
    """一(二)3(7): who must not be hired."""

    CRIMINAL_PUNISHMENT = "criminal_punishment"
    EXPELLED = "expelled"
    UNDER_INVESTIGATION = "under_investigation"
    OTHER_LAW = "other_law"


class RetirementPost(StrEnum):
    """Which statutory age holds."""

    MEN = "men"
    WOMEN_55 = "women_55"
    WOMEN_50 = "women_50"


class ApplicationState(StrEnum):
    """Of a recruitment."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"


class ApplicantPurpose(StrEnum):
    """What an applicant's facts can be looked at for; each look is logged."""

    REVIEW = "review"
    SIGNING = "signing"
    CONTACT = "contact"
    APPLICANT_ASKED = "applicant_asked"


class OnboardingItem(StrEnum):
    """What a new worker needs before the first duty date (三(一)1 “4”, 三(二)1)."""

    CONTRACT = "contract"
    ASSIGNMENT = "assignment"
    ACCOUNT = "account"
    DEVICE = "device"
    EQUIPMENT = "equipment"


class ContractOrigin(StrEnum):
    """How a contract came to be."""

    RECRUITED = "recruited"
    EARLIER = "earlier"
    """Signed before this system kept contracts."""
    RENEWED = "renewed"


class ContractEnd(StrEnum):
    """Why a contract ended."""

    RETIREMENT = "retirement"
    DISMISSAL = "dismissal"
    RESIGNATION = "resignation"
    TERM_OVER = "term_over"
    AGREEMENT = "agreement"
    DEATH = "death"

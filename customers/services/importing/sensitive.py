"""Which columns of a sheet tell what not everybody may read: ID cards, health, money, children.

An ID card is always sensitive. Of the rest a header is only a hint: the box is ticked, and whoever imports decides.
"""

import re

from customers.services.importing import words

_ID_CARD = re.compile(r"身份证|证件|idcard|idnumber")
_HINTS = re.compile(
    # health
    r"病史|病症|病情|疾病|既往|过敏|用药|服药|药物|怀孕|孕期|孕周|孕产|预产|哺乳|血型|血压|血糖|体检|健康|症状|诊断|手术|禁忌|月经|经期|残疾|抑郁"
    r"|allerg|medica|health|pregnan|bloodtype|disease"
    # money
    r"|收入|工资|薪资|年薪|月薪|资产|负债|欠款|存款|贷款|房贷|车贷|保额|保费|银行|开户行|信用卡|征信|income|salary|asset|debt|bank|loan"
    # children under 14, and other numbers that the state gave out
    r"|孩子|小孩|宝宝|儿童|幼儿|婴儿|子女|儿子|女儿|未成年|[大二三]宝(?!妈)|护照|社保卡|军官证|child|baby|passport"
)


def is_id_card(header: str) -> bool:
    """Its number: left out unless somebody asks for it, and then a sensitive field. 身份证姓名 is a name."""
    return words.field_of(header) == words.IGNORE and bool(_ID_CARD.search(words.canonical(header)))


def is_hinted(header: str) -> bool:
    """Whether a field made of this column begins as a sensitive one."""
    return is_id_card(header) or bool(_HINTS.search(words.canonical(header)))

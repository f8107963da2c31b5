"""What not everybody may read of a person: by the field, and by what the header of somebody's column says."""

import re

# Finance. Budget and spending band stay: they are what a consultant advises by, and tell of the shop's goods only.
FIELDS = frozenset(("income_band",))
# Whoever is younger is a child: the law asks for her parents.
CHILD = 14
_HINTS = re.compile(
    # health
    r"病史|病症|病情|疾病|既往|过敏|用药|服药|药物|怀孕|孕期|孕周|孕产|预产|哺乳|血型|血压|血糖|体检|健康|症状|诊断|手术|禁忌|月经|经期|残疾|抑郁"
    r"|allerg|medica|health|pregnan|blood|disease"
    # money
    r"|收入|工资|薪资|年薪|月薪|资产|负债|欠款|存款|贷款|房贷|车贷|保额|保费|银行|开户行|信用卡|征信|income|salary|asset|debt|bank|loan"
    # children, and numbers that the state gave out
    r"|孩子|小孩|宝宝|儿童|幼儿|婴儿|子女|儿子|女儿|未成年|[大二三]宝(?!妈)|身份证|护照|社保卡|军官证|child|baby|passport"
)


def is_hinted(header: str) -> bool:
    """Health, money, under 14: a field of this name begins as sensitive, a column kept as text is masked."""
    return bool(_HINTS.search(header.lower()))

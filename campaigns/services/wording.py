"""Words that advertising must not use: told as warnings beside a page, a poster or a script, never refused. Pointers for
the shop and its lawyer, no advice."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUPERLATIVE = _("a superlative: advertising must not claim what nobody can prove")
OFFICIAL = _("sounds like a rank given by the state")
LAST_WORD = _("void: nobody may reserve the last word on the rules")
ABSOLUTE = _("an absolute promise")
MEDICAL = _("promises a cure: only medicine may, and not in advertising")
LAYERS = _("sounds like a pyramid scheme")
SHARING = _("a reward for sharing as such: reward the friend's purchase")

# 最 alone is in many harmless words: 最近, 最后, 最多三次. 第一 counts things: 第一次, 第一天.
RULES: tuple[tuple[re.Pattern[str], str | Promise], ...] = (
    (re.compile(r"(?:最终)?解释权归?[^,。;!?\n]{0,14}(?:所有|享有)?"), LAST_WORD),
    (re.compile(r"最(?![近后终多少晚早迟初慢长短迟]|低消费|低起订)[\u3400-\u9fff]?"), SUPERLATIVE),
    (re.compile(r"(?:第一(?![次天步个位件杯单期批周年月节课场轮章季时]|眼|人称)|no\.?\s*1(?![0-9])|top\s*1(?![0-9]))", re.I), SUPERLATIVE),
    (re.compile(r"顶[级尖]|极[品致]|冠军|销量之王|唯一|独一无二|史无前例|绝无仅有|首[选家]|遥遥领先|王牌|全网|巅峰|至尊"), SUPERLATIVE),
    (re.compile(r"[国世][家界]级|全球级|宇宙级|国家(?:免检|领导人|机关)|驰名商标|特供|专供"), OFFICIAL),
    (re.compile(r"100\s*%|百分之?百|绝对|万能|永[久不]|零风险|无任何副作用|保证(?:有效|治|瘦|赚|收益)|立竿见影"), ABSOLUTE),
    (re.compile(r"根治|治愈|疗效|药到病除|特效|包治|祛病|抗癌"), MEDICAL),
    (re.compile(r"[上下]级|团队计酬|下线|发展会员|人头费|躺赚"), LAYERS),
    (re.compile(r"(?:分享|转发|集赞|朋友圈)[^,。;!?\n]{0,8}[送领得赚返奖]"), SHARING),
)


@dataclass(frozen=True)
class Warned:
    word: str
    reason: str | Promise


def check(*texts: str) -> list[Warned]:
    """Each word once, in the order of the texts, with the reason. "最近" and "第一次" are none."""
    found: dict[str, Warned] = {}
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        taken: list[tuple[int, int]] = []
        hits = []
        for pattern, reason in RULES:
            for hit in pattern.finditer(plain):
                if not any(start < hit.end() and hit.start() < end for start, end in taken):
                    taken.append(hit.span())
                    hits.append((hit.start(), hit[0].strip(), reason))
        for _at, word, reason in sorted(hits, key=lambda one: one[0]):
            found.setdefault(word, Warned(word, reason))
    return list(found.values())

"""What colleagues pass on: posters, words in the voice of a persona, and whose links were sent out yesterday."""

from datetime import datetime
from typing import Any

from campaigns.choices import Basis, PassedOn, PosterStyle, Voice
from campaigns.models import Campaign, Link, Material, Persona, Poster
from campaigns.services import materials, passing
from campaigns.services.drawing import keeping, slots
from campaigns.services.paying import rules
from customers.models import Channel
from scrm.kit import clock
from scrm.site.demo.campaigns.shapes import Plan
from scrm.staff.models import Employee

VOICE, EVERYBODY = "懂敏感肌的静静", "禾光小课堂"
WORDS = (
    (VOICE, "闺蜜同行 · 一句真心话", "上周小陈带着闺蜜一起来做舒缓，两个人聊了一下午，走的时候脸上都是亮的。\n想和谁一起来？链接里有 ¥50 闺蜜券，领了直接约我。"),
    (VOICE, "换季泛红怎么办", "换季脸发烫，先别急着换产品：洗脸水调到 32 度，三天只用保湿。\n还不舒服就来，我先帮你看，不做项目也没关系。"),
    (EVERYBODY, "一分钟看懂屏障受损", "紧绷、刺痛、起皮，三样占两样，多半是屏障在喊累。\n我们的护理师把修护步骤写在这里了，点开看。"),
)  # fmt: skip


def poster(plan: Plan, campaign: Campaign) -> Poster:
    row = Poster(
        name=f"{plan.name} · 竖版", campaign=campaign, style=plan.style, words=plan.poster_words, slots=slots.layout()
    )
    return keeping.save_poster(row)


def pay_second_level(campaign: Campaign, rate_bp: int | None, second_bp: int, *, by: Any) -> None:
    rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=rate_bp, second_bp=second_bp, by=by)


def write(campaign: Campaign, speaker: Employee) -> list[Material]:
    """Who speaks how, and what there is to pass on for a campaign."""
    own = Persona.objects.create(
        name=VOICE, tone="像和熟客聊天，先说自己的感受", avoid="亲、宝、姐妹们", portrait="做了六年敏感肌护理，自己也是敏感肌。"
    )
    own.speakers.set([speaker])
    shared = Persona.objects.create(name=EVERYBODY, tone="把道理讲短，不吓人", avoid="根治、特效")
    personas = {VOICE: own, EVERYBODY: shared}
    keeping.save_poster(Poster(name="门店通用 · 新客", style=PosterStyle.DARK, title="禾光皮肤管理", slots=slots.layout()))
    made = [Material(campaign=campaign, persona=personas[who], kind=Voice.TEXT, title=title, body=body) for who, title, body in WORDS]
    return [materials.save_material(one) for one in made]


def pass_on(material: Material, campaign: Campaign, channel: Channel, by: Employee, at: datetime) -> Link:
    """Copied, and sent."""
    with clock.staged(at):
        link = passing.pass_on(material=material, campaign=campaign, channel=channel, by=by)
        passing.tell(link, outcome=PassedOn.SENT, by=by)
    return link

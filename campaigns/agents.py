"""Who asks, by the name it gives itself. Short on purpose: what calls itself by no such name is a person.

A preview is fetched when somebody pastes a link into a chat; a robot comes by itself. WeChat's own browser
(MicroMessenger) is a person, and so is that of QQ, DingTalk or Feishu: only their fetchers are listed."""

import re
from functools import lru_cache

PREVIEWS = re.compile(
    r"""
    QQ-URL-Manager | DingTalkBot | LarkUrl | FeishuBot | (?:WeChat|WeCom|WXWork)[\w-]*Preview | link-?preview | SkypeUriPreview
    | facebookexternalhit | Facebot | Twitterbot | TelegramBot | Slackbot | Slack-ImgProxy | Discordbot | WhatsApp/
    | LinkedInBot | Iframely | Embedly
    """,
    re.I | re.X,
)
# Cubot makes telephones.
ROBOTS = re.compile(
    r"""
    (?<!cu)bot\b | crawl | spider | slurp | archiver | scrap[eiy] | mediapartners | feedfetcher | monitor | uptime | pingdom
    | lighthouse | headless | phantomjs | selenium | puppeteer | playwright | curl/ | wget | httpie | libwww | urllib
    | python | aiohttp | httpx | java/ | apache-http | okhttp | go-http | node-fetch | axios | undici | guzzle | ^ruby
    | postman | insomnia | masscan | nmap | zgrab | nikto | sqlmap | nuclei | wrk/
    """,
    re.I | re.X,
)


def is_preview(agent: str) -> bool:
    return PREVIEWS.search(agent) is not None


def is_robot(agent: str) -> bool:
    """An agent without a name is one, too: no browser is."""
    return not agent.strip() or ROBOTS.search(agent) is not None


@lru_cache(maxsize=4096)
def is_person(agent: str) -> bool:
    """Remembered: the same few hundred come again and again, and who asks waits for the answer."""
    return not is_robot(agent) and not is_preview(agent)

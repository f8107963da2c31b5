"""A person, a preview or a robot, by the name that it gives itself."""

import pytest

from campaigns import agents

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    "agent",
    [
        f"{IPHONE} MicroMessenger/8.0.53(0x18003531) NetType/WIFI Language/zh_CN",
        f"{ANDROID} XWEB/1300 MMWEBSDK/20240301 MicroMessenger/8.0.49 WeChat/arm64 Weixin NetType/4G miniProgram/wx12",
        f"{ANDROID} wxwork/4.1.22 MicroMessenger/7.0.1",
        f"{IPHONE} QQ/9.1.20.636 V1_IPH_SQ",
        f"{ANDROID} AliApp(DingTalk/7.6.0)",
        f"{IPHONE} Lark/7.20 LarkLocale/zh_CN",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/99 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; U; Android 14; zh-CN; V2309A) UCBrowser/16.9 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    ],
)
def test_people(agent):
    assert (agents.is_preview(agent), agents.is_robot(agent), agents.is_person(agent)) == (False, False, True)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; U; Android 4.4.2; zh-cn) Version/4.0 MQQBrowser/5.0 QQ-URL-Manager Mobile Safari/537.36",
        "DingTalkBot-LinkService/1.0 (+https://open.dingtalk.com)",
        "LarkUrl2Page/1.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Twitterbot/1.0",
        "TelegramBot (like TwitterBot)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "WhatsApp/2.23.20.0",
    ],
)
def test_previews(agent):
    assert (agents.is_preview(agent), agents.is_person(agent)) == (True, False)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "   ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Sogou web spider/4.0",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 (Linux; Android 8.0) AppleWebKit/537.36 Mobile Safari/537.36; Bytespider",
        "curl/8.10.1",
        "Wget/1.24",
        "python-requests/2.32",
        "Python-urllib/3.13",
        "Go-http-client/2.0",
        "okhttp/4.12",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/131.0 Safari/537.36",
        "Scrapy/2.11",
    ],
)
def test_robots(agent):
    assert (agents.is_preview(agent), agents.is_robot(agent), agents.is_person(agent)) == (False, True, False)

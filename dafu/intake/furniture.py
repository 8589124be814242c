"""What stands on a page around a letter and is none of it: navigation, tools, index blocks, footers, page numbers. Pure functions on lines of text."""

from __future__ import annotations

import re

from dafu.text import squeeze

_PAGE_NUMBER = re.compile(r"\d{1,3}|[-—–－·]+\s*\d{1,3}\s*[-—–－·]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共?\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3}|第\s*[一二三四五六七八九十]+\s*页(?:\s*共\s*[一二三四五六七八九十]+\s*页)?|(?:Page|page|PAGE)\s*\d+(?:\s*(?:of|/)\s*\d+)?")
_ANYWHERE = re.compile(
    r"^(?:(?:您?的?(?:现在)?(?:当前)?(?:所在)?位置|您当前的位置|您现在的位置|当前栏目|网站首页|首页\s*[>＞›»/\-|])"
    r"|(?:【|\[|［)?\s*(?:字\s*[号体]|文字|字体大小|字号大小|背景色|视力保护色)(?:大小)?\s*[：:【\[（(]"
    r"|(?:打\s*印|分\s*享|收\s*藏|关\s*闭|保\s*存|下\s*载|复制|纠错|朗读|语音播报|返回顶部|返回|回到顶部|TOP|打印本页|关闭窗口|打印正文|返回列表|我要纠错|放大|缩小|大|中|小|展开|菜单|收起|点击查看|点击下载|打开|无障碍|无障碍浏览|长者模式|长者助手|适老化|关怀版|登录|注册|退出|繁體|繁体|简体|English|EN|移动版|手机版|RSS|邮箱|收听|视力保护|阅读全文|更多|详情)(?:\s*[|｜/·]?\s*(?:打印|分享|收藏|关闭|保存|下载|复制|纠错|大|中|小|返回顶部|繁体|English|注册|登录|长者模式|手机版|邮箱|打印本页|关闭窗口|本页|窗口|到))*$"
    r"|【\s*(?:打印|关闭|字号|大|中|小|返回|收藏|纠错|关闭窗口|打印本页|我要打印|我要纠错)[^】]*】"
    r"|(?:微信)?扫一扫|扫描全能王|CamScanner|扫描二维码|用手机|手机(?:扫|看|查看|阅读)|分享到|分享至|微信(?:扫|分享)|新浪微博|腾讯微博|QQ空间|一键分享"
    r"|(?:浏览|点击|阅读|访问|浏览次数|点击次数|访问次数|阅读次数|浏览量|点击量|访问量|阅读量|点击数|浏览数|阅读数|人气|热度|字数)(?:次数|量|数|率)?\s*[：:]?\s*[\[【（(]?\s*[\d,.万]*\s*[\]】）)]?\s*(?:次|人次)?$"
    r"|本文(?:被)?(?:浏览|阅读)|累计访问|今日访问|您是第\s*\d|今天是\s*[：:\d]|今天是$|欢迎(?:访问|光临|来到)|正在加载|请稍候|文件已失效"
    r"|(?:上|下)一(?:篇|条|页)\s*[：:>＞]?|相关(?:链接|推荐|文章|阅读|附件|解读|文件|新闻|信息|文档|政策)\s*[：:]?|热门(?:推荐|文章)|推荐阅读|猜你喜欢|延伸阅读|(?:友情链接|站内搜索|搜索|检索)$"
    r"|!\[[^\]]*\]\([^)]*\)$|\[?图片\]?$|\[?image\]?$|<!--.*-->$)"
)
_META = re.compile(
    r"^(?:【|\[|［)?\s*(?:发布时间|发布日期|发稿时间|发文时间|发布于|更新时间|更新日期|成文日期|生成日期|公开日期|公布日期|印发日期|时\s*间|日\s*期|发表时间|录入时间|添加时间|信息时间|来\s*源|信息来源|文章来源|稿件来源|稿源|发布者|发布人|录入|录入人|作\s*者|编\s*辑|编辑者|责任编辑|责编|审\s*核|审核人|初审|复审|终审|校对|供稿|撰稿|通讯员|记者)\s*[：:]"
    r"|^(?:发布|更新|来源|编辑)[：:]|^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*\d{1,2}[:：]\d{2}"
)
_INDEX = (
    r"(?:索\s*引\s*号|信息索引号?|发布机构|发布单位|发文机关|发文单位|发布部门|公开机构|公开责任部门|责任部门|文\s*号|发文字号|文件编号|公文种类|名\s*称|信息名称|文件名称|标\s*题|主题分类|主题词|主题类别|关\s*键\s*词|关键字|有效性|时效性|有效状态|生效日期|生效时间|废止日期|失效时间|失效日期|公开方式|公开形式|公开范围|公开时限|公开程序|公开类别|信息类别|信息分类|体裁分类|组配分类|分类|所属主题|内容概述|内容概要|内容分类|信息格式|语种|服务对象|来源|成文日期|发布日期|发文日期|制发日期|发布时间|公开日期|生成日期|办理状态|栏目|目录|信息状态|统一编号|登记号|规范性文件编号|是否有效|有效期|公开属性|公开情况)"
)
_INDEX_LINE = re.compile(rf"^{_INDEX}\s*[：:|]")
_INDEX_LABEL = re.compile(rf"^{_INDEX}\s*[：:]?$")
_OPENNESS = re.compile(r"^[（(\[【]?\s*(?:是否(?:同意)?公开|公开(?:属性|方式|类型|形式|范围|情况|类别|选项)?|公开与否|信息公开(?:选项|属性|类别)?|此件(?:主动|依申请|不予)?公开(?:发布)?|主动公开|依申请公开|同意公开|不予?公开|注)\s*[：:]?\s*[（(“\"]?\s*(?:主动公开|依申请公开|同意公开|不予?公开|公开|是|否|全文公开|全部公开|可以公开|部分公开|删减后公开)?\s*[”\"）)\]】]?\s*[。）)\]】]?$")
_FOOTER = re.compile(
    r"^(?:版权所有|Copyright|copyright|©|主办(?:单位)?\s*[：:]|承办(?:单位)?\s*[：:]|协办(?:单位)?\s*[：:]|主管(?:单位)?\s*[：:]|技术支持|网站支持|开发维护|运维|运行维护|维护单位|网站(?:地图|标识码|管理|声明|导航|首页)|网站名称|政府网站|联系我们|关于我们|隐私(?:声明|保护)|免责声明|法律声明|使用帮助|站点地图|设为首页|加入收藏|建议使用|最佳浏览|推荐使用|浏览器|ICP|备案|[\u4e00-\u9fff]ICP备|[\u4e00-\u9fff]公网安备|公安备案|标识码|党政机关|事业单位|邮编|邮政编码|地址\s*[：:]|办公地址|通讯地址|总机|值班电话|传真\s*[：:]|咨询电话|监督电话|举报电话|服务热线|市民热线|政务服务热线|您访问的链接|即将离开|是否继续|用户登录|发表评论|评论|姓\s*名\s*[：:]\s*\*|验\s*证\s*码|今日|热线电话|网络问政|违法和不良信息|本网站|本站)"
    r"|ICP备\s*\d|公网安备\s*\d|网站标识码|All Rights Reserved|版权所有"
)
_NAVIGATION = ("首页", "网站首页", "政务公开", "政府信息公开", "信息公开", "互动交流", "政民互动", "办事服务", "政务服务", "新闻中心", "要闻动态", "走进", "专题专栏", "公共服务", "解读回应", "数据开放", "领导之窗", "机构设置", "机构职能", "通知公告", "公示公告", "工作动态", "建议提案", "建议提案办理", "建议提案办理结果", "人大代表建议", "政协委员提案", "人大建议", "政协提案", "提案办理", "政协提案办理", "人大建议办理", "正文", "详情", "信息详情", "内容", "正文内容", "政策法规", "政策文件", "法定主动公开内容", "重点领域信息公开", "财政信息", "人事信息", "规划计划", "本地概况", "魅力", "网上办事", "在线服务", "公众参与", "搜索", "导航", "目录")
_WORDS = "|".join(sorted(_NAVIGATION, key=len, reverse=True))
_NAVIGATION_LINE = re.compile(rf"^[•·*\-+]?\s*\[?(?:[\u4e00-\u9fff]{{0,6}}(?:{_WORDS})|[\u4e00-\u9fff]{{2,10}}(?:网|门户|门户网站|政府网|公众网))\]?(?:\([^)]*\))?(?:[\s|｜>＞›»/·•\-—,，]+\[?(?:[\u4e00-\u9fff]{{0,8}}(?:{_WORDS})|[\u4e00-\u9fff]{{2,12}})\]?(?:\([^)]*\))?)*\s*$")
_COPY_TO = re.compile(r"^[（(]?\s*(?:抄\s*送|抄\s*报|主\s*送|分\s*送|报\s*送|发\s*送)(?:单位|机关)?\s*[：:]")
_PRINTED = re.compile(r"^[\u4e00-\u9fff]{2,20}(?:办公室|办|综合科|秘书科|局|委|厅|政府)?\s*(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印\s*(?:发|制)?$|^共印\s*\d+\s*份|^[（(]共印\s*\d+\s*份[）)]$|^校对\s*[：:]|^打字\s*[：:]|^印\s*发$")
_SIGNER = re.compile(r"^[（(]?\s*(?:签\s*发\s*人?|签发领导|领导署名|审\s*签\s*人?|审签领导|会签|核稿|拟稿人?|主管领导签字|单位负责人(?:签章)?)\s*[：:]")
_LETTERHEAD = re.compile(r"^[\u4e00-\u9fff（）()]{4,40}(?:文件|函件|便函|用笺|公用笺|（函）|\(函\))$")


def is_page_number(text: str) -> bool:
    """Whether a line is a page's number and nothing else; a single digit may be."""
    return bool(text.strip()) and len(text) <= 20 and bool(_PAGE_NUMBER.fullmatch(text.strip())) and bool(re.search(r"\d|[一二三四五六七八九十]", text))


def is_furniture(text: str) -> bool:
    """Whether a line is the page's wherever it stands, even between a letter's paragraphs."""
    return is_page_number(text) or len(text) <= 120 and bool(_ANYWHERE.match(text)) and not text.endswith(("。", "；", "，")) or len(text) <= 160 and bool(re.match(r"(?:当前位置|您的位置|您当前|您现在)", text))


def is_page_head(text: str) -> bool:
    """Whether a line belongs to a page's head: navigation, dates of publishing, index block."""
    return is_furniture(text) or bool(_META.match(text)) or bool(_INDEX_LINE.match(text)) or bool(_INDEX_LABEL.match(text)) or is_navigation(text)


def is_navigation(text: str) -> bool:
    return len(text) <= 160 and bool(_NAVIGATION_LINE.match(text))


def is_page_foot(text: str) -> bool:
    """Whether a line belongs to a page's foot, after a letter."""
    return is_furniture(text) or bool(_META.match(text)) or bool(_FOOTER.search(text)) or is_copy_to(text) or bool(_PRINTED.match(squeeze(text))) or is_openness(text) or is_navigation(text)


def is_openness(text: str) -> bool:
    """Whether a line says if the letter may be published: 公开属性：主动公开."""
    return len(text) <= 30 and bool(_OPENNESS.match(text.strip())) and "公开" in text or text.strip() in ("注：“主动公开”。",)


def is_copy_to(text: str) -> bool:
    """Whether a line says who gets a copy."""
    return bool(_COPY_TO.match(text))


def is_signer(text: str) -> bool:
    """Whether a line names who signed: no contact person."""
    return bool(_SIGNER.match(text))


def is_letterhead(text: str) -> bool:
    """Whether a line is the red head of an office's paper: 某某局文件."""
    return bool(_LETTERHEAD.match(squeeze(text)))


def read_index_value(text: str, *names: str) -> str | None:
    """The value after a label in an index block: `发布机构：某某局`, or of a table's row."""
    for name in names:
        spaced = r"\s*".join(name)
        match = re.search(rf"{spaced}\s*[：:]?\s*\|\s*([^|]+?)\s*(?:\||$)|{spaced}\s*[：:]\s*(\S.*?)\s*(?=\s{_INDEX}\s*[：:]|\||\s{{2,}}|$)", text)
        if match:
            return (match[1] or match[2]).strip()
    return None

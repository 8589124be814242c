"""Where a letter may promise something: clauses of what its office will do, each with the words that say so. A person decides.

    下一步，将 继续完善相关支持政策，争取更多重大科研平台落地河套，为大湾区建设提供支撑。
    └ mark ┘  └──── candidate ────┘ └─────── candidate ───────┘ └─ a purpose, none ─┘
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dafu.body import Block, Body


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of a body's plain text that may be a commitment."""

    start: int
    end: int
    why: str
    """The words that make it one."""

    def slice(self, text: str) -> str:
        return text[self.start : self.end]


_SECTION = re.compile(r"下一步|下步|未来|今后|下一阶段|工作(?:方向|打算|计划|举措|思路|安排)|努力方向|改进措施|整改措施")
_DONE_SECTION = re.compile(r"现有|现状|基本情况|工作情况|办理情况|开展情况|落实情况|进展|成效|工作基础|主要做法|已(?:开展|做)|取得")
_TIME = re.compile(r"下一步|下步|下一阶段|接下来|今后|未来(?!产业|科技|之城|社区|城|发展局)|下阶段|年内|年底前|明年|届时")
_AHEAD = re.compile(r"(?:(?:下一步|下步|今后|接下来)[^。]{0,40}|(?:工作)?(?:举措|打算|计划|安排|思路))(?:如下|举措|打算|工作)[：:]$")
_WILL = re.compile(r"(?<![即终行必就当虚模])(?:拟(?!定|建的|态|人)|(?<![动造作展设年育训划程资投生革点])计划(?=于|在|年|今|明|\d|完成|建|开|新|投|用|通|对|启|实施|推|打|引|再|扩|改|到|上|下|累计|分|争取|每|将|由))|争取|力争|努力(?!下)|着力(?!点)|预计|确保(?=.{0,12}(?:完成|到位|实现|建成))|规划建设(?!重大)|筹划|筹建")
_SHALL_FORM = re.compile(r"(?<![即终行必就当])将(?![^，。；]{1,24}?(?:列入|列为|纳入|作为|融入|打造成|打造为|建设成|建设为|建成|变为|转为|改为|移交|送交|转交|报送|用于|分为|分成|整合为|延伸至|提高到|列支|其作))")
"""将 that means *will*, not *take*."""
_PAST = re.compile(r"已(?!有|知)|已经|目前|现已|现有(?!基础)|截至|截止|去年|前年|近年来|以来|先后|累计(?!拓展)|共计|达到|获得|荣获|成立了|完成了|实现了|建成了|开展了|举办了|出台了|印发了|[^为]了(?!解)|曾|历经|一直|均为|并已|被(?:国务院|评|列|授|认)|位于|地处|涌现|初步形成|成功|正式(?:启用|开放|实施|印发)|率先在|[12]\d{3}年\d{1,2}月\d{1,2}日")
_COURTESY = re.compile(r"感谢|欢迎|希望您|请您|您的|贵|恳请|敬请|支持和?关心|提出宝贵|多提|答复如下|回复如下|汇报如下|与您|向您|您(?:提出|反映|所)")
_THIRD = re.compile(r"^(?:各|有关|相关|用人|建设|施工|物业|业主|企业|商户|居民|群众|学校|家长|社会|市民|经营者|开发商)[\u4e00-\u9fff]{0,8}(?:应|应当|须|必须|需要|要|负责|依法)|(?:应当|须|必须|不得|有权|有义务)")
_DUTY = re.compile(r"(?:规定|明确|要求|指出|提出|强调|办法|条例|意见|通知|方案)[》”]?[^。]{0,10}[：:，]|《[^》]+》(?:规定|明确|要求|指出|提出)")

_ADVERB = (
    r"(?:还|也|并|再|又|更|仍|新|政企|将|拟|计划|要|会|继续|进一步|积极|加快|加大|加强|加速|全力|着力|努力|大力|持续|深入|全面|稳步|有序|逐步|不断|切实|认真|高标准|高质量|尽快|尽早|争取|力争|同步|共同|重点|全方位|常态化|充分|严格|统筹|协调|主动|扎实|精准|科学|合理|有效|适时|定期|依法|强化|全年|年底|年内|年底前|今年|明年|上半年|下半年|\d{4}年(?:度|底|底前|内)?|最大限度|多措并举|千方百计|以点带面|牵头|配合|会同|联合|着眼|真正|带头|集中|分类|分步|分批|累计|完成后|基本|推动)"
)
_VERB = (
    r"(?:建设|打造|探索|构建|组建|筹划|筹建|建成|建立|引进|引入|引导|培育|培养|扩大|优化|调研|推动|推进|推行|推广|推出|改造|开展|实施|落实|完善|健全|提升|提高|提速|提供|支持|扶持|鼓励|吸引|争取|力争|努力|出台|制定|制订|修订|编制|研究|起草|申报|申请|布局|规划|启动|开工|开通|新建|新增|增设|增加|扩建|改建|改扩建|修建|修复|整治|整改|治理|清理|拆除|安装|设置|配备|配置|投入|安排|落地|引来|签约|共建|合作|搭建|完成|实现|形成|发展|集聚|聚焦|聚力|巩固|强化|加强|加大|加快|加速|深化|深入|拓展|开发|开拓|盘活|激活|释放|保护|保障|确保|做好|做强|做大|做优|抓好|抓实|办好|用好|管好|发挥|组织|举办|承办|参加|参展|带动|拉动|促进|推介|宣传|营造|创建|创新|创造|升级|转型|整合|统筹|协调|对接|联动|联合|协同|配合|会同|督促|指导|监督|检查|巡查|排查|监测|监管|规范|严格|严查|打击|查处|跟踪|跟进|反馈|关注|倾斜|补贴|资助|奖励|减免|落户|招引|招商|引智|复制|试点|示范|展示|纳入|列入|报送|上报|审议|发布|公布|公开|印发|推送|上线|开放|延长|缩短|降低|减少|控制|防范|化解|解决|缓解|满足|方便|服务|维护|养护|管护|更新|更换|调整|增强|夯实|筑牢|织密|压实|统一|理顺|畅通|打通|疏通|连通|贯通|衔接|借助|依托|搬迁|整备|储备|供应|供给|征收|回收|收购|租赁|购买|采购|充分|重建|复合|集成|扎根|丰富|壮大|拓宽|挖掘|传承|弘扬|活化|植入|遴选|选派|选聘|聘请|开设|设立|成立|兴建|续建|谋划|策划|论证|勘察|设计|施工|验收|交付|运营|启用|投用|通车|竣工|建好|修好|改善|改进|改革|改变|转变|争创|申建|融入|联通|参与|坚持|秉持|践行|贯彻|贯通|细化|量化|明确|制止|劝导|疏导|分流|优先|择优|邀请|走访|征求|听取|会商|协商|沟通|加密|增派|增配|补齐|补强|补足|弥补|挂牌|授牌|认定|评选|表彰|通报|问责|考核|评估|评价|主导|转化|应用|推荐|介绍|普及|教育|培训|学习|交流)"
)
_PREPOSITION = r"(?:在|与|对|为|以|将|把|向|从|通过|联合|会同|针对|根据|依托|围绕|结合|借助|按照|就|由|让|使|给|同|和|按|依)"
_LEADING = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳]|第?[一二三四五六七八九十]{1,2}(?:是要?|、)|其[一二三四]是?|同时|另外|此外|其中|最后|首先|其次|再次|而且|从而|进而|着重|下一步|下步|今后|未来|接下来|[，,：:\s])+")
_SUBJECT = r"(?:我(?:局|委|办|厅|部|县|市|区|省|院|镇|乡|街道|中心|们|单位)|本(?:局|委|办|厅|部|单位)|[\u4e00-\u9fff、]{2,24}?(?:区|市|县|局|委|办|厅|部|镇|乡|街道|政府|基地|部门|人才工作|中心)|大楼|项目)"
_ACTS = re.compile(rf"^(?:{_SUBJECT})?(?:{_ADVERB})*(?:{_PREPOSITION}(?:[^，。；]{{1,50}}?))?(?:{_ADVERB})*{_VERB}")
_FRAME = re.compile(r"^(?:[\u4e00-\u9fff]{0,10}将|拟)?(?:按照|结合|根据|依据|围绕|依托|针对|通过|借助|立足|坚持|本着|以[^，]*为[^，]{1,10}$|在[^，]*(?:基础上|前提下|领导下|支持下|指导下|方面)$)(?![^，]{2,}(?:建设|打造|引进|推进|推动|开展|制定|完善|加快|优化|实施|布局|提升|探索|出台))")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,2}是")
_RESULT = re.compile(r"^(?:为[^，。；]{1,40}(?:提供|奠定|打下|注入|贡献|作出|做出|积累)|助力|成为|汇聚|促进|满足|增强|使得?|让[\u4e00-\u9fff]{2,8}(?:更|真|感)|从而|进而|以便|确保[\u4e00-\u9fff]{0,6}(?:安全|质量)$|不断(?:满足|增强)|提升[\u4e00-\u9fff]{1,8}(?:感|度|水平)$|深度参与|丰富|缓解|形成支持|切实(?:保障|维护)|有效(?:解决|缓解|提升|遏制|促进)|推动[\u4e00-\u9fff]{2,14}(?:实现|协同|健康|又好又快|全面发展))")
_PLANS = re.compile(rf"^(?:(?:{_ADVERB})*(?:规划建设|筹划|筹建|组建|建成|打造|探索|构建|建设(?!要素|一批.{{0,6}}人)|努力|争取|力争|着力|积极(?:探索|调研|推动|争取|引进|培育)|加快(?!推进供给|“)|引进|培育引进|扩大|调研|提供EDA|改造)|(?:与|联合|在|将|针对)[^，。；]{{2,50}}?(?:共建|建设|签约|合作共建|投资|形成|打造|引进))")


def find_candidates(body: Body, text: str | None = None) -> tuple[Candidate, ...]:
    """The clauses of a letter that may be commitments, in the text's order; `text` is the body's in simplified characters, place by place, where it isn't."""
    text = body.text if text is None else text
    found: list[Candidate] = []
    ahead = behind = 0
    for block in body.blocks:
        words = text[block.start : block.end]
        if head := words[: len(block.lead or "")] or (words if block.kind == "heading" else ""):
            level = block.level or (3 if head[0] in "（(" else 2 if re.match(r"[一二三四五六七八九十]{1,3}、", head) else 4)
            ahead = ahead if ahead and level > ahead else 0
            behind = behind if behind and level > behind else 0
            if _SECTION.search(head):
                ahead, behind = ahead or level, 0
            elif _DONE_SECTION.search(head):
                behind = behind or level
        if block.kind == "heading":
            continue
        if _AHEAD.search(words):
            ahead, behind = 1, 0
        elif not re.search(r"(?:答复|回复|汇报)如下[：:]?$", words):
            found += _Paragraph(text, block, is_ahead=bool(ahead), is_behind=bool(behind)).read()
    return tuple(found)


class _Paragraph:
    """Reads one paragraph; what sets a sentence in the future holds for those after it, until one looks back."""

    def __init__(self, text: str, block: Block, *, is_ahead: bool, is_behind: bool) -> None:
        self.words, self.offset, self.is_behind = text[block.start : block.end], block.start, is_behind
        self.said: str | None = "the section" if is_ahead else None
        self.start = len(block.lead) if block.lead and not block.lead.endswith(("：", ":")) else 0
        self.is_item_ahead = False

    def read(self) -> Iterator[Candidate]:
        words = self.words
        if re.match(r"(?:尊敬的|联系人|（联系人|特此|此致|专此)", words) or (_COURTESY.search(words) and len(words) < 120 and not _TIME.search(words)):
            return
        sentences = list(_split(words, "。；！？;", self.start))
        for place, (start, end) in enumerate(sentences):
            sentence = words[start:end]
            after = words[end : end + 1]
            goes_on = place + 1 < len(sentences) and not _ITEM.match(words[sentences[place + 1][0] :])
            is_title = bool(_ITEM.match(sentence)) and "，" not in sentence and len(sentence) <= 30 and after == "。" and goes_on
            if time := _TIME.search(sentence):
                self.said = time[0]
            if not is_title:
                yield from self._read_sentence(sentence, self.offset + start)

    def _read_sentence(self, sentence: str, offset: int) -> Iterator[Candidate]:
        has_past, is_open = bool(_PAST.search(sentence)), self.said is not None
        is_item = bool(_ITEM.match(sentence))
        if has_past and self.said not in ("the section", None) and not _TIME.search(sentence) and not _WILL.search(sentence) and not _SHALL_FORM.search(sentence):
            self.said, is_open = None, False
        is_first = True
        for start, end in _split(sentence, "，,：:", 0):
            clause = sentence[start:end]
            cut = _LEADING.match(clause)
            begin = start + (cut.end() if cut else 0)
            begin += len(sentence[begin:end]) - len(sentence[begin:end].lstrip())
            core = sentence[begin:end].strip()
            if len(core) < 5 or _COURTESY.search(core) or _THIRD.search(core) or _DUTY.search(core):
                continue
            will = _SHALL_FORM.search(core) or _WILL.search(core)
            if _PAST.search(core) and not will:
                is_open = is_open and not re.search(r"目前|截至|去年|近年", core)
                continue
            why = self._tell_why(core, will, is_open=is_open, is_first=is_first, has_past=has_past, is_item=is_item)
            is_first = False
            if will:
                is_open = True
                if (will[0] == "将" or will[0] in ("拟", "计划")) and not has_past:
                    self.said = self.said or will[0]
            if why and not _FRAME.match(core):
                yield Candidate(offset + begin, offset + begin + len(core), why)

    def _tell_why(self, core: str, will: re.Match[str] | None, *, is_open: bool, is_first: bool, has_past: bool, is_item: bool) -> str | None:
        """The words that make a clause a candidate."""
        is_result = not (is_first and self.said) and bool(_RESULT.match(core))
        if is_result:
            return None
        if will:
            return will[0]
        if is_open and (_ACTS.match(core) or re.search(r"(?:增至|提升至|提高到|达到|不少于)\d", core)):
            return self.said or "the sentence"
        if not has_past and not self.is_behind and (_PLANS.match(core) or (is_item and re.match(r"(?:持续)?(?:推进|助力|推动|建立)", core))):
            return "a plan's verb"
        return None


def _split(text: str, marks: str, start: int) -> Iterator[tuple[int, int]]:
    """The stretches between marks that stand outside quotations and brackets."""
    depth, begin = 0, start
    for place in range(start, len(text)):
        char = text[place]
        if char in "《“（(「":
            depth += 1
        elif char in "》”）)」":
            depth = max(0, depth - 1)
        elif char in marks and (depth == 0 or char == "。") and not (char in ",.:" and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()):
            if place > begin:
                yield begin, place
            begin = place + 1
    if begin < len(text):
        yield begin, len(text)


"""The bands of the form: “3” sign-ins, “4” basic tasks, “5” visits, “6” hours and the rest."""

from collections import Counter
from collections.abc import Sequence

from app.days.schemas import Minutes
from app.kit.language import Language
from app.rules.field_time import FieldVerdict
from app.rules.tasks import BasicTask, TaskVerdict
from app.rules.visits import VisitVerdict
from app.rules.windows import WindowState
from app.tasks.form import (
    Band,
    Cell,
    Form,
    Pen,
    Row,
    fields,
    footer,
    head,
    identity,
    remarks,
    signatures,
    titled,
)
from app.tasks.lines import cited
from app.tasks.schemas import (
    PartOut,
    SheetEventOut,
    SheetOut,
    SheetScoredOut,
    SheetVisitOut,
    SheetWindowOut,
    TaskOut,
)
from app.tasks.words import called


def form_of(sheet: SheetOut, language: Language) -> Form:
    """A sheet as the form that is drawn."""
    pen = Pen(language)
    return Form(
        language=language,
        title=titled(pen),
        identity=identity(sheet, pen),
        fields=fields(sheet, pen),
        bands=[
            Band("“3”", pen("签到", "Sign-ins"), sign_ins(sheet, pen)),
            Band("“4”", pen("基本任务", "Tasks"), tasks(sheet, pen)),
            Band("“5”", pen("走访服务", "Visits"), visits(sheet, pen)),
            Band("“6”", pen("在格工时", "Hours"), hours(sheet, pen)),
            Band("", pen("当日工作", "Work"), work(sheet, pen)),
        ],
        remarks=remarks(sheet, pen),
        signatures=signatures(pen),
        footer=footer(sheet, pen),
    )


def sign_ins(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """The three windows."""
    headings = (
        head(pen("时段", "Window"), 6),
        head(pen("结论", "Verdict"), 4),
        head(pen("时间", "Time"), 4),
        head(pen("依据", "By"), 6),
        head(pen("条款", "Clause"), 4),
    )
    return headings, *(_sign_in(window, pen) for window in sheet.windows)


FILLED_BY = {
    "check_in": ("签到记录", "sign-in"),
    "correction": ("补签批准", "approved correction"),
    "leave": ("请假批准", "approved leave"),
}


def _sign_in(window: SheetWindowOut, pen: Pen) -> Row:
    opens, closes = f"{window.opens:%H:%M}", f"{window.closes:%H:%M}"
    by = pen(*FILLED_BY[window.filled_by]) if window.filled_by else "—"
    missed = window.state is WindowState.MISSED
    return (
        Cell(f"{window.number}.　{opens}–{closes}", 6),
        Cell(called(window.state, pen.language), 4, lacking=missed),
        Cell(pen.clock(window.at), 4, "number"),
        Cell(by, 6),
        Cell(window.clause, 4),
    )


def tasks(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """The four basic tasks with their evidence."""
    headings = (
        head(pen("任务", "Task"), 5),
        head(pen("证据", "Evidence"), 12),
        head(pen("结论", "Verdict"), 3),
        head(pen("条款", "Clause"), 4),
    )
    return headings, *(_task(task, sheet, pen) for task in sheet.tasks)


def _task(task: TaskOut, sheet: SheetOut, pen: Pen) -> Row:
    lacking = task.verdict in {TaskVerdict.NONE, TaskVerdict.PARTLY}
    shown = [part for part in task.parts if part.done or task.verdict is not TaskVerdict.DONE]
    return (
        Cell(called(task.task, pen.language), 5),
        Cell("　".join(_part(part, task.task, sheet, pen) for part in shown), 12),
        Cell(called(task.verdict, pen.language), 3, lacking=lacking),
        Cell(task.clause, 4),
    )


def _part(part: PartOut, task: BasicTask, sheet: SheetOut, pen: Pen) -> str:
    """A mark by the system, with the figure that decided."""
    mark = "✓" if part.done else "✗"
    figures = {
        "track": pen(f"{sheet.data_quality.fixes} 点", f"{sheet.data_quality.fixes} fixes"),
        "patrolled": pen(
            f"{sheet.field_time.counted.total:g} 分钟", f"{sheet.field_time.counted.total:g} min"
        ),
    }
    login = next((each for each in sheet.logins if each.platform.value == part.part.value), None)
    notes = [figures.get(part.part.value, "")] if part.done else []
    if login:
        notes = [pen.clock(login.at) if login.at else "", called(login.source, pen.language)]
    elif part.done and task in {BasicTask.INFORMATION, BasicTask.EVENTS}:
        notes = [str(part.count)]
    return f"{mark} {pen.noted(called(part.part, pen.language), *notes)}"


def visits(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """What is owed of the five kinds, then the visits of the date."""
    headings = (
        head(pen("类别", "Kind"), 7),
        head(pen("周期", "Period"), 5),
        head(pen("应走访", "Owed"), 2),
        head(pen("已走访", "Paid"), 2),
        head(pen("尚缺", "Open"), 2),
        head(pen("当日走访", "On date"), 2),
        head(pen("条款", "Clause"), 4),
    )
    return headings, *_owed(sheet, pen), *_made(sheet, pen)


def _owed(sheet: SheetOut, pen: Pen) -> list[Row]:
    return [
        (
            Cell(pen.noted(called(kind.kind, pen.language), _taken_over(kind.taken_over, pen)), 7),
            Cell(
                f"{called(kind.cadence, pen.language)} {kind.first_day:%m-%d}"
                + (f"–{kind.last_day:%m-%d}" if kind.last_day != kind.first_day else ""),
                5,
            ),
            Cell(str(kind.owed), 2, "number"),
            Cell(str(kind.paid), 2, "number"),
            Cell(str(kind.owed - kind.paid), 2, "number", lacking=kind.paid < kind.owed),
            Cell(str(kind.made), 2, "number"),
            Cell(kind.clause, 4),
        )
        for kind in sheet.visits_owed
    ]


def _taken_over(count: int, pen: Pen) -> str:
    """What the mutual-aid group took over of it (ORG-5)."""
    return pen(f"互助组 {count}", f"{count} of the group") if count else ""


def _made(sheet: SheetOut, pen: Pen) -> list[Row]:
    """The list, each with where and what it is worth."""
    if not sheet.visits:
        return [(Cell(pen("当日无走访记录。", "No visit was recorded on the date."), 24),)]
    headings = (
        head(pen("时间", "Time"), 2),
        head(pen("类别", "Kind"), 7),
        head(pen("走访对象", "Place"), 7),
        head(pen("方式、结果", "How, outcome"), 4),
        head(pen("认定", "Verdict"), 4),
    )
    return [headings, *(_visit(visit, pen) for visit in sheet.visits)]


def _visit(visit: SheetVisitOut, pen: Pen) -> Row:
    kinds = ("、" if pen.language == "zh" else ", ").join(
        called(kind, pen.language) for kind in visit.kinds
    )
    how = (called(visit.manner, pen.language), called(visit.outcome, pen.language))
    coded = pen(f"代号 {visit.place_code}", f"code {visit.place_code}")
    return (
        Cell(pen.clock(visit.at), 2, "number"),
        Cell(kinds or "—", 7),
        Cell(visit.place or coded, 7),
        Cell(("，" if pen.language == "zh" else ", ").join(how), 4),
        Cell(
            called(visit.verdict, pen.language), 4, lacking=visit.verdict is not VisitVerdict.COUNTS
        ),
    )


def hours(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """Minutes by half, what is short, and the verdict as it stands."""
    time = sheet.field_time
    headings = (
        head(pen("分钟", "Minutes"), 4),
        head(pen("合计", "Total"), 4),
        head(pen("上午", "Morning"), 4),
        head(pen("下午", "Afternoon"), 4),
        head(pen("错时、预约", "Off-peak"), 4),
        head(pen("条款", "Clause"), 4),
    )
    verdict = pen.noted(called(time.verdict, pen.language), called(sheet.standing, pen.language))
    return (
        headings,
        _minutes(pen("应达", "Owed"), time.owed, Cell(time.clause, 4)),
        _minutes(pen("实计", "Counted"), time.counted, Cell(time.clause, 4)),
        _minutes(
            pen("不足", "Short"),
            time.short,
            Cell(verdict, 4, lacking=time.verdict is FieldVerdict.SHORT),
            lacking=True,
        ),
    )


def _minutes(name: str, found: Minutes, last: Cell, *, lacking: bool = False) -> Row:
    figures = (found.total, found.morning, found.afternoon, found.off_peak)
    return (
        Cell(name, 4),
        *(Cell(f"{figure:.1f}", 4, "number", lacking=lacking and figure > 0) for figure in figures),
        last,
    )


def work(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """Everything else, a line each."""
    return (
        _line(pen("预约服务", "Appointments"), _appointments(sheet, pen), cited("FLD-3")["clause"]),
        _line(pen("信息采集", "Information"), _information(sheet, pen), sheet.information.clause),
        _line(pen("代办事项", "Errands"), _errands(sheet, pen), sheet.errands.clause),
        _line(pen("事件", "Events"), _events(sheet, pen), sheet.events.clause),
        _line(
            pen("例会培训", "Meetings"),
            _meetings(sheet, pen),
            f"{cited('MTG-1')['clause']}, {cited('TRN-1')['clause']}",
        ),
        _line(pen("着装装备", "Equipment"), _equipment(sheet, pen), cited("EQP-1")["clause"]),
        _line(
            pen("当日记事", "Note"), [note.said for note in sheet.notes], cited("TSK-2")["clause"]
        ),
        _line(pen("照片", "Photos"), _photos(sheet, pen), cited("TSK-2")["clause"]),
        _line(pen("轨迹质量", "Track quality"), _quality(sheet, pen), cited("FLD-5")["clause"]),
    )


def _line(name: str, said: Sequence[str], clause: str) -> Row:
    return head(name, 4), Cell("\n".join(said) or "—", 16), Cell(clause, 4)


def _appointments(sheet: SheetOut, pen: Pen) -> list[str]:
    return [
        f"{pen.clock(made.starts_at)}–{pen.clock(made.ends_at)} {made.subject}"
        for made in sheet.field_time.appointments
    ]


def _information(sheet: SheetOut, pen: Pen) -> list[str]:
    kinds = [
        pen.noted(
            called(count.kind, pen.language),
            pen(f"新采 {count.collected}", f"{count.collected} new"),
            pen(f"更新 {count.updated}", f"{count.updated} updated"),
            pen(f"已提交 {count.submitted}", f"{count.submitted} submitted"),
            pen(f"退回 {count.returned}", f"{count.returned} returned"),
        )
        for count in sheet.information.kinds
    ]
    checks = sheet.information.checks
    if checks:
        kinds.append(pen(f"抽样核查 {checks} 条", f"{checks} sampled checks"))
    return [pen.listed(kinds)] if kinds else []


def _errands(sheet: SheetOut, pen: Pen) -> list[str]:
    steps = Counter(called(act.step, pen.language) for act in sheet.errands.acts)
    if not steps:
        return []
    counts = pen.listed([f"{step} {count}" for step, count in steps.items()])
    acts = [
        f"{pen.clock(act.at)} {pen.noted(act.matter, called(act.step, pen.language))}"
        for act in sheet.errands.acts
    ]
    return [counts, pen.listed(acts)]


def _events(sheet: SheetOut, pen: Pen) -> list[str]:
    """Filed, acted on, verified: a line each; then what waits."""
    found = sheet.events
    filed = [_event(event, called(event.severity, pen.language), pen) for event in found.filed]
    handled = [_event(event, called(event.act, pen.language), pen) for event in found.handled]
    scored = [_event(event, _score(event, pen), pen) for event in found.scored]
    titled = (("上报", "Filed", filed), ("办理", "Handled", handled), ("验证", "Verified", scored))
    said = [
        f"{pen(zh, en)} {len(events)}{pen('：', ': ')}{pen.listed(events)}"
        for zh, en, events in titled
        if events
    ]
    waiting = found.waiting_for_verification
    if waiting:
        said.append(pen(f"待验证评分 {waiting} 件", f"{waiting} wait to be verified and scored"))
    return said


def _event(event: SheetEventOut, note: str, pen: Pen) -> str:
    category = pen(event.category_zh, event.category_en)
    return f"{pen.clock(event.at)} {pen.noted(category, note)}"


def _score(event: SheetScoredOut, pen: Pen) -> str:
    return called(event.score, pen.language) if event.score else ""


def _meetings(sheet: SheetOut, pen: Pen) -> list[str]:
    held = [
        f"{pen.clock(each.starts_at)} "
        + pen.noted(
            f"{called(each.kind, pen.language)} {each.subject}",
            called(each.presence, pen.language),
        )
        for each in sheet.meetings
    ]
    return [pen.listed(held)] if held else []


def _equipment(sheet: SheetOut, pen: Pen) -> list[str]:
    return [_check(sheet, number, pen) for number in range(len(sheet.equipment))]


def _check(sheet: SheetOut, number: int, pen: Pen) -> str:
    check = sheet.equipment[number]
    by = pen("站点检查", "by the station") if check.by_station else pen("本人记录", "own record")
    clothes = pen("着工作装", "in work clothes")
    without = pen("未着工作装", "not in work clothes")
    items = pen.listed([called(item, pen.language) for item in check.lacking])
    lacking = pen(f"缺：{items}", f"lacking: {items}")
    complete = pen("七件齐全", "all seven items")
    return f"{pen.clock(check.at)} " + pen.noted(
        by,
        clothes if check.work_clothes else without,
        pen("上级免除着装", "exempted") if check.exempted else "",
        lacking if check.lacking else complete,
        check.note,
    )


def _photos(sheet: SheetOut, pen: Pen) -> list[str]:
    found = sheet.photos
    if not found.named:
        return []
    missing = pen(f"未到 {found.missing} 张", f"{found.missing} missing")
    return [pen.noted(pen(f"共 {found.named} 张", f"{found.named} in all"), missing)]


def _quality(sheet: SheetOut, pen: Pen) -> list[str]:
    found = sheet.data_quality
    if not found.fixes:
        return []
    return [
        pen(
            f"定位 {found.fixes} 点，模拟 {found.mocked}，精度不足 {found.imprecise}，"
            f"跳点 {found.teleports}；可疑 {found.doubtful_share:.1%}（仅供参考）",
            f"{found.fixes} fixes, {found.mocked} mocked, {found.imprecise} imprecise,"
            f" {found.teleports} teleports; {found.doubtful_share:.1%} doubtful (a hint only)",
        )
    ]

"""From one result object to files: report.html, report.pdf and the figures' SVG.

Belongs here: calling the typesetter so that the same result gives the same bytes anywhere. Does not belong here: what the
report says (`reports.document`), where versions are published (`pipeline.publication`).
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pipeline.errors import InternalError
from reports.disclosure import undisclosed_counts
from reports.document import document
from reports.figures import Drawing, draw_all
from reports.sentences import closed_gate

TEMPLATES = Path(__file__).parent / "templates"


def render(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write report.html, report.pdf (tagged, PDF/UA-1) and figures/*.svg into `folder`; returns their paths in that order.

    Raises InternalError, naming places and no values, when a count in the result breaks the disclosure rule, or when a gate is
    closed and the result shows the eligible after launch all the same: nothing is written then.
    """
    open_cells = undisclosed_counts(result)
    if open_cells:
        raise InternalError(f"The result holds counts that may not be printed, at {', '.join(open_cells[:5])}.")
    if closed_gate(result) and _after_launch(result):
        raise InternalError("A gate is closed, and the result holds figures of the eligible after launch: nothing is rendered.")
    figures = draw_all(result)
    pdf, html = typeset(document(result, figures), figures)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written = {folder / "report.html": html, folder / "report.pdf": pdf}
    written |= {folder / "figures" / f"{name}.svg": drawing.svg.encode() for name, drawing in figures.items()}
    for path, data in written.items():
        path.write_bytes(data)
    return list(written)


def _after_launch(result: dict[str, Any]) -> bool:
    """Whether the result shows cost of the eligible after launch, by estimate or by series, or what became of them."""
    launch = result["study"]["launch"][:7]
    series = [row for name in ("cost_per_head", "event_study") for row in result["series"][name]]
    served = (result.get("cohorts") or {}).get("served") is not None
    return served or bool(result["estimates"]) or any(row["first_month"] >= launch for row in series)


def typeset(content: dict[str, Any], figures: dict[str, Drawing]) -> tuple[bytes, bytes]:
    """The PDF's and the HTML's bytes. Only fonts that come with the locked packages are used, no date is written."""
    import matplotlib
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")])
    with tempfile.TemporaryDirectory() as name:
        desk = Path(name)
        shutil.copy(TEMPLATES / "report.typ", desk / "report.typ")
        (desk / "content.json").write_text(json.dumps(content, sort_keys=True, ensure_ascii=False), encoding="utf-8")
        (desk / "figures").mkdir()
        for drawing in figures.values():
            (desk / "figures" / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
        compiler = typst.Compiler(str(desk / "report.typ"), root=str(desk), font_paths=fonts, ignore_system_fonts=True)
        try:
            # that HTML export is young is known (DESIGN, Dependencies): its warnings are not for the reader of a run
            pdf, _ = compiler.compile_with_warnings(format="pdf", pdf_standards=["ua-1"])
            page, _ = compiler.compile_with_warnings(format="html")
        except typst.TypstError as problem:
            raise InternalError(f"The report could not be typeset: {problem.message}.") from None
    if not isinstance(pdf, bytes) or not isinstance(page, bytes):
        raise InternalError("The typesetter gave no single document.")
    return pdf, _styled(page.decode())


def _styled(page: str) -> bytes:
    """The page with its style sheet in the head: the typesetter can put elements into the body only."""
    style = (TEMPLATES / "page_style.css").read_text(encoding="utf-8")
    return page.replace("</head>", f"<style>\n{style}</style></head>", 1).encode()

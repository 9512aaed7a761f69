import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FunctionType

import typst

README = Path(__file__).parents[1] / "README.md"


async def test_the_example_of_the_readme_runs(trust_folder, tmp_path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    now = datetime.now(UTC)
    page = b'#set document(title: "Certificat")\n#set text(lang: "ro")\n= Certificat'
    names = {
        "trust": trust_folder,
        "pdf": typst.compile(page, format="pdf", pdf_standards=["a-2a", "ua-1"]),
        "now": now,
        "issued": int(now.timestamp()),
        "expires": int((now + timedelta(days=180)).timestamp()),
        "url": (tmp_path / "documents").as_uri(),
        "key": bytes(32),
    }
    code = compile(example, README.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await FunctionType(code, names)()
    assert names["link"].startswith("https://hub.example/verify/K7QF-2M9X-T4PA-8WDC#")
    assert names["credential"].endswith("~")

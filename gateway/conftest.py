"""Let `gateway` be the package under test, and not the folder that holds it.

pytest (import mode importlib) names test modules by their folders and makes a module of each; the
other members of the workspace have hyphens in their names, and no such trouble.
"""

from pathlib import Path

import gateway

gateway.__path__.append(str(Path(__file__).parent / "src" / "gateway"))

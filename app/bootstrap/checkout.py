"""Where one checkout of the project keeps what it makes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def server_record(self) -> Path:
        """Which process serves this checkout, and where."""
        return self.var / "server.json"

    @property
    def digest(self) -> str:
        """Tells this checkout from every other on the machine."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:12]

    def make_var(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)


HERE = Checkout(Path(__file__).resolve().parents[2])

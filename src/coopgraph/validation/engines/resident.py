"""The fast engine that stays: its shapes are prepared once, then it validates one data set after the other.

Run as ``python -m coopgraph.validation.engines.resident SECONDS``.
"""

from __future__ import annotations

from coopgraph.validation.engines.child import run_resident_engine
from coopgraph.validation.engines.fast import prepared_validation

if __name__ == "__main__":
    run_resident_engine(prepared_validation)

"""Legacy sheets in: the main job. See docs/import.md for the policy and ARCHITECTURE.md for the pipeline."""

from customers.services.importing.files import run_file

__all__ = ["run_file"]

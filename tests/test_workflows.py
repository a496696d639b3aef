"""What runs on other people's machines is pinned, and may do no more than it must."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WORKFLOWS = sorted((Path(__file__).parent.parent / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(workflow: Path) -> None:
    """A tag can be moved to other code, a commit cannot; the version stands beside it."""
    used = re.findall(r"uses: *(.+)", workflow.read_text())
    assert used
    assert [action for action in used if not _PINNED.fullmatch(action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_nothing_of_itself_but_read(workflow: Path) -> None:
    """What a job needs beyond that it names."""
    (granted,) = re.findall(
        r"^permissions:(?: \{\}|\n  contents: read)$", workflow.read_text(), re.MULTILINE
    )
    assert granted


def test_a_release_is_tested_attested_and_needs_no_token() -> None:
    """Trusted publishing, attestations, and a bill of materials."""
    text = next(path for path in WORKFLOWS if path.name == "release.yml").read_text()
    assert "secrets." not in text
    assert "password" not in re.sub(r"#.*", "", text)
    for part in (
        ".ci/run",
        "id-token: write",
        "attestations: true",
        "sbom-path:",
        "environment: pypi",
    ):
        assert part in text
    assert (
        text.index(".ci/run") < text.index("subject-path") < text.index("gh-action-pypi-publish@")
    )

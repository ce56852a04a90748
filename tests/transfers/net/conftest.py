"""An authority for certificates, whom nothing but these tests trusts."""

from __future__ import annotations

import pytest

from tests.faults.support.certificates import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))

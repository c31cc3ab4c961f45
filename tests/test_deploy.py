"""What is shipped for operators is what the servers that read it take."""

from __future__ import annotations

import os
import subprocess

import pytest
import yaml

from tests.conftest import ROOT
from tests.lab.servers import program

DEPLOY = ROOT / "deploy"


@pytest.mark.lab
def test_haproxy_takes_its_configuration() -> None:
    names = {f"ERRORDESK_APP{n}": f"127.0.0.1:{n}" for n in (1, 2, 3)}
    done = subprocess.run(
        [program("haproxy"), "-c", "-f", str(DEPLOY / "haproxy.cfg")],
        env={**os.environ, "ERRORDESK_FRONT": "127.0.0.1:1", **names},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_of_the_deployment_is_one() -> None:
    from kb.settings import PREFIX, SETTINGS

    known = {PREFIX + spec.name for spec in SETTINGS}
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    used = set(composed["x-app"]["environment"])
    units = [unit.read_text() for unit in DEPLOY.glob("*.service")]
    for line in "".join(units).splitlines():
        if line.startswith("Environment=ERRORDESK_"):
            used.add(line.removeprefix("Environment=").partition("=")[0])
    for part in (ROOT / "Dockerfile").read_text().split():
        if part.startswith(PREFIX):
            used.add(part.partition("=")[0])
    assert used <= known


def test_containers_write_nowhere_but_where_they_must() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name, service in services.items():
        if name != "database":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
    assert "USER 10001" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["errordesk.service", "errordesk-prune.service"])
def test_a_unit_gives_its_passing_user_a_home(name: str) -> None:
    unit = (DEPLOY / name).read_text().splitlines()
    assert "DynamicUser=yes" in unit
    assert "Environment=HOME=%C/errordesk" in unit  # libraries ask for it when they are imported
    # The second runs as the first's user, which is called as its unit is.
    assert name == "errordesk.service" or "User=errordesk" in unit

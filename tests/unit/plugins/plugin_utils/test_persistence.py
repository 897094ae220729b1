# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which folders are gone when a job of AWX is over. The mounts are those of podman on an execution node, and of a pod."""

from __future__ import annotations

import pytest

from ansible_collections.genesys.gws.plugins.plugin_utils._persistence import JobEnvironment, is_lost_with_container

PODMAN = r"""
700 650 0:55 / / rw,relatime - overlay overlay rw,context="system_u",lowerdir=/l,upperdir=/u,workdir=/w
701 700 0:60 / /proc rw,nosuid - proc proc rw
702 700 0:61 / /dev/shm rw,nosuid - tmpfs shm rw,size=64000k
703 700 253:0 /tmp/awx_17_abc /runner rw,relatime - xfs /dev/mapper/root rw
704 700 253:0 /var/lib/forget_me /var/lib/forget_me rw,relatime - xfs /dev/mapper/root rw
705 700 0:70 / /var/lib/copy rw,relatime - overlay overlay rw,lowerdir=/l
706 700 0:71 /export /var/lib/with\040space rw,relatime shared:3 - nfs4 nas:/export rw
"""
POD = """
900 800 0:99 / / rw,relatime - overlay overlay rw,lowerdir=/l
901 900 253:0 /var/lib/kubelet/pods/1/volumes/kubernetes.io~empty-dir/scratch /var/lib/scratch rw,relatime - ext4 /dev/vda1 rw
902 900 0:88 / /var/lib/forget_me rw,relatime - ceph 10.0.0.1:/ rw
903 900 253:0 /var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc-1/mount /var/lib/claim rw,relatime - ext4 /dev/rbd0 rw
904 900 0:77 / /var/lib/memory rw,relatime - tmpfs tmpfs rw
"""
RUNNER = {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/17"}
AWX = {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_17", "JOB_ID": "17", "AWX_HOST": "https://awx.example.com"}


@pytest.mark.parametrize(
    ("path", "mounts", "gone"),
    [
        ("/var/lib/forget_me/work", PODMAN, False),
        ("/var/lib/forget_me", PODMAN, False),
        ("/var/lib/with space/work", PODMAN, False),
        ("/var/lib/forget_me2", PODMAN, True),
        ("/home/runner/.ansible/gws_pii", PODMAN, True),
        ("/runner/work", PODMAN, True),
        ("/dev/shm/work", PODMAN, True),
        ("/var/lib/copy/work", PODMAN, True),
        ("/var/lib/forget_me/work", POD, False),
        ("/var/lib/claim/work", POD, False),
        ("/var/lib/scratch/work", POD, True),
        ("/var/lib/memory/work", POD, True),
        ("/opt/work", POD, True),
        ("/opt/work", "", True),
    ],
)
@pytest.mark.parametrize("environment", [RUNNER, {**RUNNER, **AWX}], ids=["ansible-runner", "AWX"])
def test_in_an_execution_environment(environment: dict[str, str], path: str, mounts: str, gone: bool) -> None:
    assert is_lost_with_container(path, JobEnvironment(environment, "/home/runner", mounts)) is gone


@pytest.mark.parametrize(
    ("path", "environment", "gone"),
    [
        ("/root/.ansible/gws_pii", {}, False),
        ("/root/.ansible/gws_pii", {"JOB_ID": "17"}, False),  # other schedulers have this variable, too
        ("/srv/job/work", {"AWX_ISOLATED_DATA_DIR": "/srv/job/artifacts/1"}, False),  # ansible-runner, without a container
        ("/root/.ansible/gws_pii", AWX, True),
        ("/tmp/awx_17/work", AWX, True),
        ("/tmp/awx_170/work", AWX, False),
        ("/srv/work", AWX, False),
    ],
)
def test_outside_of_containers(path: str, environment: dict[str, str], gone: bool) -> None:
    assert is_lost_with_container(path, JobEnvironment(environment, "/root", "27 1 254:0 / / rw - ext4 /dev/vda rw\n")) is gone

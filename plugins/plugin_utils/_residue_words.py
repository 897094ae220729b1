# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The words of the page of a search of the disks. Pure, no I/O."""

from __future__ import annotations

# By the state of the verdict: the title, and how to colour it.
TITLES = {"clean": "Clean: no traces on disk", "residue": "Traces on disk", "incomplete": "Not complete: something was not searched"}
MOODS = {"clean": "good", "residue": "kept", "incomplete": "bad"}

# By the state of a host ('': it did not report): its verdict, and how to colour it. Those that need somebody come first.
HOSTS = {"": ("Did not report", "bad"), "incomplete": ("Not complete", "bad"), "residue": ("Traces", "kept"), "clean": ("Clean", "good")}

# Kinds of places: one, several, and as the title of a line.
KINDS = {
    "live": ("live files of a table", "live files of {} tables", "Live files"),
    "snapshot": ("a snapshot", "{} snapshots", "Snapshots"),
    "backup": ("an incremental backup", "{} incremental backups", "Incremental backups"),
    "commit_log": ("the commit log", "the commit log", "Commit log"),
    "cdc": ("change data capture", "change data capture", "Change data capture"),
    "hints": ("hints", "hints", "Hints"),
    "saved_caches": ("saved caches", "saved caches", "Saved caches"),
    "extra": ("another folder", "{} other folders", "Other folders (forget_me_residue_paths)"),
}

# What to do about traces, by the kinds of their places, in this order.
ADVICE = {
    ("live",): (
        "Live files: ask the Cassandra administrators to run the commands below on each host listed, or run "
        "`ansible-playbook genesys.gws.residue -e forget_me_purge=compact` with the same options as this search."
    ),
    ("snapshot",): (
        "Snapshots: decide which of them can be removed. The commands below remove them, and so does a purge with forget_me_purge_snapshots."
    ),
    ("backup", "extra"): (
        "Backups and other copies: give the list below to whoever keeps them. Until they are removed, the data can be restored."
    ),
    ("commit_log", "cdc", "hints", "saved_caches"): (
        "The commit log, hints and saved caches are replaced while the nodes run. To remove them at once, run `nodetool drain` and restart each node."
    ),
}
LIVE_AFTER_A_PURGE = (
    "Live files still have traces after the purge. If one part of the data has been repaired and the other has not, `nodetool compact` does not "
    "merge them: run a repair, then purge again."
)

"""Knowing which processes live."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from narrowcast.store.presence import Presence


def test_a_process_is_alive_to_itself_and_to_others_until_it_leaves(tmp_path: Path) -> None:
    one, other = Presence.enter(tmp_path), Presence.enter(tmp_path)
    assert one.token != other.token
    assert one.alive(one.token)
    assert other.alive(one.token)
    one.leave()
    one.leave()
    assert not one.alive(one.token)
    assert not other.alive(one.token)
    assert not list(tmp_path.glob(f"{one.token}*"))
    other.leave()


def test_a_mark_without_a_lock_is_a_dead_process_and_can_be_forgotten(tmp_path: Path) -> None:
    me, other = Presence.enter(tmp_path), Presence.enter(tmp_path)
    (tmp_path / "123-dead.alive").touch()
    assert me.dead() == ["123-dead"]
    me.forget("123-dead")
    assert me.dead() == []
    me.leave()
    other.leave()


def test_a_living_process_is_never_forgotten(tmp_path: Path) -> None:
    me, other = Presence.enter(tmp_path), Presence.enter(tmp_path)
    me.forget(other.token)
    assert me.alive(other.token)
    me.leave()
    other.leave()


def test_asking_twice_at_once_does_not_make_a_dead_process_look_alive(tmp_path: Path) -> None:
    me = Presence.enter(tmp_path)
    path = tmp_path / "123-dead.alive"
    path.touch()
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # as another who asks holds it
    assert not me.lives_here("123-dead")
    os.close(descriptor)
    me.leave()


def test_a_home_keeps_its_name_and_a_copy_of_it_gets_another(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    (home / "run").mkdir(parents=True)
    one, again = Presence.enter(home / "run"), Presence.enter(home / "run")
    assert one.home == again.home
    again.leave()
    shutil.copytree(home, copy)
    other = Presence.enter(copy / "run")
    assert other.home != one.home
    assert other.alive(one.token), "who lives elsewhere is not taken for dead"
    assert Presence.enter(copy / "run").home == other.home
    other.leave()
    one.leave()

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rules} from "./Rules.sol";
import {Actor} from "./World.sol";

/// @dev One small contract an actor, so that forge's table of calls speaks of actors.
abstract contract Handler {
    Rules internal immutable WORLD;

    constructor(Rules world) {
        WORLD = world;
    }
}

contract Requesters is Handler {
    constructor(Rules world) Handler(world) {}

    function post(uint256 seed) external {
        WORLD.post(seed);
    }

    function cancel(uint256 seed) external {
        WORLD.cancel(seed);
    }

    function moveMoney(uint256 seed) external {
        WORLD.moveMoney(seed);
    }
}

contract Providers is Handler {
    Actor private immutable KIND;

    constructor(Rules world, Actor kind) Handler(world) {
        KIND = kind;
    }

    function claim(uint256 seed) external {
        WORLD.claim(KIND, seed);
    }

    function work(uint256 seed) external {
        WORLD.work(KIND, seed);
    }
}

/// @dev Takes seats and stays away.
contract NoShows is Handler {
    constructor(Rules world) Handler(world) {}

    function claim(uint256 seed) external {
        WORLD.claim(Actor.NoShows, seed);
    }
}

contract Relayers is Handler {
    constructor(Rules world) Handler(world) {}

    function relay(uint256 seed) external {
        WORLD.relay(seed);
    }

    function settle(uint256 seed) external {
        WORLD.settle(seed);
    }

    function endFailed(uint256 seed) external {
        WORLD.endFailed(seed);
    }
}

contract Owners is Handler {
    constructor(Rules world) Handler(world) {}

    function own(uint256 seed) external {
        WORLD.own(seed);
    }
}

contract Governance is Handler {
    constructor(Rules world) Handler(world) {}

    function govern(uint256 seed) external {
        WORLD.govern(seed);
    }
}

contract Attackers is Handler {
    constructor(Rules world) Handler(world) {}

    function attack(uint256 seed) external {
        WORLD.attack(seed);
    }
}

contract Clock is Handler {
    constructor(Rules world) Handler(world) {}

    function wait(uint256 seed) external {
        WORLD.wait(seed);
    }
}

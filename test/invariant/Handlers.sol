// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rules} from "./Rules.sol";
import {Kind} from "./World.sol";

/// @dev One small contract an actor, so that forge's table of calls speaks of actors.
abstract contract Handler {
    Rules internal immutable WORLD;

    constructor(Rules world) {
        WORLD = world;
    }

    /// @dev What a view of forge's invariant counts is not kept, so calls are counted here.
    modifier watched() {
        _;
        WORLD.look();
    }
}

contract Requesters is Handler {
    constructor(Rules world) Handler(world) {}

    function post(uint256 seed) external watched {
        WORLD.post(seed);
    }

    function cancel(uint256 seed) external watched {
        WORLD.cancel(seed);
    }

    function moveMoney(uint256 seed) external watched {
        WORLD.moveMoney(seed);
    }
}

abstract contract Providers is Handler {
    Kind private immutable KIND;

    constructor(Rules world, Kind kind) Handler(world) {
        KIND = kind;
    }

    function act(uint256 seed) external watched {
        WORLD.act(KIND, seed);
    }
}

contract Honest is Providers {
    constructor(Rules world) Providers(world, Kind.Honest) {}
}

contract Liars is Providers {
    constructor(Rules world) Providers(world, Kind.Liars) {}
}

contract NoShows is Providers {
    constructor(Rules world) Providers(world, Kind.NoShows) {}
}

contract Withholders is Providers {
    constructor(Rules world) Providers(world, Kind.Withholders) {}
}

contract Abstainers is Providers {
    constructor(Rules world) Providers(world, Kind.Abstainers) {}
}

contract Decliners is Providers {
    constructor(Rules world) Providers(world, Kind.Decliners) {}
}

contract Relayers is Handler {
    constructor(Rules world) Handler(world) {}

    function serve(uint256 seed) external watched {
        WORLD.serve(seed);
    }
}

contract Owners is Handler {
    constructor(Rules world) Handler(world) {}

    function own(uint256 seed) external watched {
        WORLD.own(seed);
    }
}

contract Governance is Handler {
    constructor(Rules world) Handler(world) {}

    function govern(uint256 seed) external watched {
        WORLD.govern(seed);
    }
}

contract Attackers is Handler {
    constructor(Rules world) Handler(world) {}

    function attack(uint256 seed) external watched {
        WORLD.attack(seed);
    }
}

contract Receivers is Handler {
    constructor(Rules world) Handler(world) {}

    function receiveResult(uint256 seed) external watched {
        WORLD.receiveResult(seed);
    }
}

contract Clock is Handler {
    constructor(Rules world) Handler(world) {}

    function wait(uint256 seed) external watched {
        WORLD.wait(seed);
    }
}

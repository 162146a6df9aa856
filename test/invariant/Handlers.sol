// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rules} from "./Rules.sol";
import {Kind} from "./World.sol";

/// @dev One small contract an actor, so that forge's table of calls speaks of actors.
abstract contract Handler {
    Rules internal immutable WORLD;
    uint256 private _count;

    constructor(Rules world) {
        WORLD = world;
    }

    /// @dev forge prefers small numbers and edges, whose high bits are alike.
    function _mixed(uint256 seed) internal returns (uint256) {
        return uint256(keccak256(abi.encode(seed, ++_count)));
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
        WORLD.post(_mixed(seed));
    }

    function cancel(uint256 seed) external watched {
        WORLD.cancel(_mixed(seed));
    }

    function moveMoney(uint256 seed) external watched {
        WORLD.moveMoney(_mixed(seed));
    }
}

abstract contract Providers is Handler {
    Kind private immutable KIND;

    constructor(Rules world, Kind kind) Handler(world) {
        KIND = kind;
    }

    function act(uint256 seed) external watched {
        WORLD.act(KIND, _mixed(seed));
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
        WORLD.serve(_mixed(seed));
    }
}

contract Appellants is Handler {
    constructor(Rules world) Handler(world) {}

    function dispute(uint256 seed) external watched {
        WORLD.dispute(_mixed(seed));
    }
}

contract Judges is Handler {
    constructor(Rules world) Handler(world) {}

    function judge(uint256 seed) external watched {
        WORLD.judge(_mixed(seed));
    }
}

contract Closers is Handler {
    constructor(Rules world) Handler(world) {}

    function close(uint256 seed) external watched {
        WORLD.close(_mixed(seed));
    }
}

contract Allocators is Handler {
    constructor(Rules world) Handler(world) {}

    function allocate(uint256 seed) external watched {
        WORLD.allocate(_mixed(seed));
    }
}

contract Provers is Handler {
    constructor(Rules world) Handler(world) {}

    function prove(uint256 seed) external watched {
        WORLD.prove(_mixed(seed));
    }
}

contract Takers is Handler {
    constructor(Rules world) Handler(world) {}

    function order(uint256 seed) external watched {
        WORLD.order(_mixed(seed));
    }
}

contract Holders is Handler {
    constructor(Rules world) Handler(world) {}

    function hold(uint256 seed) external watched {
        WORLD.hold(_mixed(seed));
    }
}

contract Owners is Handler {
    constructor(Rules world) Handler(world) {}

    function own(uint256 seed) external watched {
        WORLD.own(_mixed(seed));
    }
}

contract Governance is Handler {
    constructor(Rules world) Handler(world) {}

    function govern(uint256 seed) external watched {
        WORLD.govern(_mixed(seed));
    }
}

contract Attackers is Handler {
    constructor(Rules world) Handler(world) {}

    function attack(uint256 seed) external watched {
        WORLD.attack(_mixed(seed));
    }
}

contract Receivers is Handler {
    constructor(Rules world) Handler(world) {}

    function receiveResult(uint256 seed) external watched {
        WORLD.receiveResult(_mixed(seed));
    }
}

contract Clock is Handler {
    constructor(Rules world) Handler(world) {}

    function wait(uint256 seed) external watched {
        WORLD.wait(_mixed(seed));
    }
}

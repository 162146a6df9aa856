// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    Attackers,
    Clock,
    Governance,
    NoShows,
    Owners,
    Providers,
    Relayers,
    Requesters
} from "./Handlers.sol";
import {Rules} from "./Rules.sol";
import {Actor} from "./World.sol";

/// @title MarketInvariantTest
/// @notice Runs all actors against one market and checks the rules of README.md.
contract MarketInvariantTest {
    /// @notice Thrown when an actor did too little for the run to mean something.
    error TooFewCalls(Actor actor, uint256 calls, uint256 minimum);

    event Calls(Actor actor, uint256 successful);

    uint256 private constant MINIMUM_CALLS = 500;
    /// @dev Looking at the whole state costs more than a call; what is broken stays broken.
    uint256 private constant CHECK_EVERY = 8;

    Rules private world;
    address[] private _targets;
    uint256 private _looks;

    function setUp() public {
        world = new Rules();
        world.setUp();
        _targets.push(address(new Requesters(world)));
        _targets.push(address(new Providers(world, Actor.Honest)));
        _targets.push(address(new Providers(world, Actor.Liars)));
        _targets.push(address(new NoShows(world)));
        _targets.push(address(new Providers(world, Actor.Withholders)));
        _targets.push(address(new Providers(world, Actor.Abstainers)));
        _targets.push(address(new Providers(world, Actor.Decliners)));
        _targets.push(address(new Relayers(world)));
        _targets.push(address(new Owners(world)));
        _targets.push(address(new Governance(world)));
        _targets.push(address(new Attackers(world)));
        _targets.push(address(new Clock(world)));
    }

    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    /// forge-config: default.invariant.runs = 3
    /// forge-config: default.invariant.depth = 16384
    /// forge-config: default.invariant.fail-on-revert = true
    /// forge-config: default.invariant.shrink-run-limit = 0
    function invariant_rules() external {
        if (_looks++ % CHECK_EVERY == 0) world.check();
    }

    function afterInvariant() external {
        world.check();
        world.drain();
        for (uint256 i = 0; i < 12; ++i) {
            emit Calls(Actor(i), world.calls(i));
        }
        for (uint256 i = 0; i < 12; ++i) {
            uint256 calls = world.calls(i);
            if (calls < MINIMUM_CALLS) revert TooFewCalls(Actor(i), calls, MINIMUM_CALLS);
        }
    }
}

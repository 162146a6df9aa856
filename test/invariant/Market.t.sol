// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    Abstainers,
    Allocators,
    Appellants,
    Attackers,
    Clock,
    Closers,
    Decliners,
    Governance,
    Holders,
    Honest,
    Judges,
    Liars,
    NoShows,
    Owners,
    Provers,
    Receivers,
    Relayers,
    Requesters,
    Takers,
    Withholders
} from "./Handlers.sol";
import {Rules} from "./Rules.sol";

/// @title MarketInvariantTest
/// @notice Runs all actors against one market and checks the rules of README.md.
contract MarketInvariantTest {
    Rules private world;
    address[] private _targets;

    function setUp() public {
        world = new Rules();
        world.setUp();
        _targets.push(address(new Requesters(world)));
        // Most are honest, else no vote succeeds.
        for (uint256 i = 0; i < 4; ++i) {
            _targets.push(address(new Honest(world)));
        }
        _targets.push(address(new Liars(world)));
        _targets.push(address(new NoShows(world)));
        // The kinds of calls that succeed most seldom.
        for (uint256 i = 0; i < 2; ++i) {
            _targets.push(address(new NoShows(world)));
        }
        for (uint256 i = 0; i < 3; ++i) {
            _targets.push(address(new Withholders(world)));
        }
        _targets.push(address(new Abstainers(world)));
        _targets.push(address(new Decliners(world)));
        _targets.push(address(new Relayers(world)));
        _targets.push(address(new Relayers(world)));
        _targets.push(address(new Appellants(world)));
        _targets.push(address(new Appellants(world)));
        _targets.push(address(new Judges(world)));
        _targets.push(address(new Judges(world)));
        _targets.push(address(new Closers(world)));
        _targets.push(address(new Closers(world)));
        _targets.push(address(new Closers(world)));
        _targets.push(address(new Allocators(world)));
        _targets.push(address(new Provers(world)));
        _targets.push(address(new Provers(world)));
        _targets.push(address(new Takers(world)));
        _targets.push(address(new Holders(world)));
        _targets.push(address(new Owners(world)));
        _targets.push(address(new Governance(world)));
        _targets.push(address(new Attackers(world)));
        _targets.push(address(new Receivers(world)));
        _targets.push(address(new Clock(world)));
    }

    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    /// forge-config: default.invariant.runs = 64
    /// forge-config: nightly.invariant.runs = 1954
    /// forge-config: default.invariant.depth = 512
    /// forge-config: default.invariant.fail-on-revert = true
    /// forge-config: default.invariant.shrink-run-limit = 0
    /// forge-config: default.invariant.dictionary-weight = 0
    /// @dev The actors' calls fail when a rule is broken; what is written by this function is not kept.
    function invariant_rules() external view {}

    function afterInvariant() external {
        world.check();
        world.drain();
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {ProviderStake, StakeLib} from "../../../contracts/types/Provider.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskLib} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract StakeTest is MarketFixture {
    using StakeLib for ProviderStake;

    uint32 private id;

    function setUp() public override {
        super.setUp();
        id = _provider(STAKE);
    }

    function test_RevertWhen_TheProviderDoesNotExist() public {
        _refused(abi.encodeWithSelector(UnknownProvider.selector, 9));
        market.stake(9, 1);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, id, _operator(id)));
        _as(_operator(id));
        market.stake(id, 1);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        _as(_owner(id));
        market.stake(id, 0);
    }

    function test_RevertWhen_TheProviderIsLeaving() public {
        _as(_owner(id));
        market.deregister(id);
        _refused(abi.encodeWithSelector(ProviderLeaving.selector, id));
        _as(_owner(id));
        market.stake(id, 1);
    }

    function test_RevertWhen_TheStakeStaysBelowTheMinimum() public {
        _as(_owner(id));
        market.unbond(id, STAKE);
        _refused(abi.encodeWithSelector(StakeBelowMinimum.selector, 10 ether, 1_000 ether));
        _as(_owner(id));
        market.stake(id, 10 ether);
    }

    function test_WhenTheProviderWasDormant() public {
        _as(_owner(id));
        market.unbond(id, STAKE);
        isTrue(_work(id).dormant, "dormant");
        _as(_owner(id));
        market.stake(id, 1_000 ether);
        isTrue(!_work(id).dormant, "awake");
    }

    function test_WhenATinyTopUpFollowsALargeOne() public {
        _later(100);
        uint256 before = block.timestamp;
        _later(10);
        _as(_owner(id));
        market.stake(id, 100_000 ether);
        _later(10);
        uint256 between = block.timestamp;
        _later(10);
        _as(_owner(id));
        market.stake(id, 1);
        ProviderStake memory stake = _stake(id);
        atMost(stake.activeBefore(before), STAKE, "before both");
        atMost(stake.activeBefore(between), STAKE + 100_000 ether, "between");
        eq(stake.activeBefore(block.timestamp + 1), STAKE + 100_000 ether + 1, "after both");

        // The attack of the prototype: after a task was posted, make the large top-up count for it by a tiny one.
        Request memory request = _request();
        bytes32 taskId = _post(request);
        uint96 counted = _stake(id).activeBefore(market.getTask(taskId).postedAt);
        _as(_owner(id));
        market.stake(id, 500_000 ether);
        _later(1);
        _as(_owner(id));
        market.stake(id, 1);
        atMost(_stake(id).activeBefore(market.getTask(taskId).postedAt), counted, "grew after the post");
    }

    /// @dev Steps of add and remove at growing times, against a full history.
    function testFuzz_WhenStakesComeAndGoInAnyOrder(uint256 seed) public {
        uint256 horizon = TaskLib.MAX_WINDOW;
        ProviderStake memory stake;
        uint256[] memory times = new uint256[](24);
        uint256[] memory actives = new uint256[](24);
        for (uint256 i = 0; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            // Small and large steps around the horizon.
            uint256 step = seed % 3 == 0 ? (seed >> 8) % (2 * horizon) : (seed >> 8) % 1_000;
            VM.warp(block.timestamp + step);
            if ((seed >> 128) % 3 == 0) stake.remove(uint96((seed >> 136) % (uint256(stake.active) + 1)));
            else stake.add(uint96((seed >> 136) % 1e24), horizon);
            times[i] = block.timestamp;
            actives[i] = stake.active;
            _neverTooMuch(stake, times, actives, i, horizon);
        }
    }

    /// @dev For every past moment within the horizon: what counts was active during the whole second before it, and still
    /// is.
    function _neverTooMuch(
        ProviderStake memory stake,
        uint256[] memory times,
        uint256[] memory actives,
        uint256 last,
        uint256 horizon
    ) private pure {
        for (uint256 j = 0; j <= last; ++j) {
            uint256 moment = times[j];
            if (moment + horizon < times[last]) continue;
            // Active just before the moment: after the last step at an earlier second.
            uint256 active;
            for (uint256 k = 0; k <= last; ++k) {
                if (times[k] < moment) active = actives[k];
            }
            atMost(stake.activeBefore(moment), active, "counted above what was active");
            atMost(stake.activeBefore(moment), stake.active, "counted above what is left");
        }
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoProviders.StakeChanged(id, STAKE + 5, 0);
        _as(_owner(id));
        market.stake(id, 5);
        eq(_stake(id).active, STAKE + 5, "stake");
        eq(market.totalStake(), STAKE + 5, "total");
    }
}

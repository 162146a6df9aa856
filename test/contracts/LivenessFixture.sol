// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../contracts/types/Request.sol";
import {PanelFixture} from "./PanelFixture.sol";
import {Defaults} from "./support/Defaults.sol";
import {VM} from "./support/Vm.sol";

/// @title LivenessFixture
/// @notice Tests of rule 2: whatever the state, with all others silent a stranger or one party ends the task, and then everybody
/// takes home what is theirs until the market is empty.
abstract contract LivenessFixture is PanelFixture {
    /// @dev Longer than any window, and than unbonding.
    uint256 internal constant SILENCE = 30 days;

    /// @dev DECO that each provider lost, by index in `ids`.
    uint256[12] internal lost;

    function _silence() internal {
        _later(SILENCE);
    }

    function _strangerExpires(Request memory request, uint32[] memory roster) internal {
        _as(STRANGER);
        market.expire(request, roster);
    }

    function _strangerEscalates(Request memory request) internal {
        _as(STRANGER);
        market.escalate(request);
    }

    function _strangerFinalizes(Request memory request) internal {
        _as(STRANGER);
        market.finalize(request, _members(0, 3));
    }

    /// @dev The first three take the seats.
    function _seated(Request memory request) internal returns (bytes32 taskId) {
        taskId = _post(request);
        _drawEveryone(request, taskId);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
    }

    function _allLose(uint256 from, uint256 to, uint256 amount) internal {
        for (uint256 i = from; i < to; ++i) {
            lost[i] += amount;
        }
    }

    /// @dev Every provider leaves and everybody withdraws. Checks that nothing is locked, that the market is empty to the unit,
    /// that each provider has its stake but for what it lost, and that the requester spent what the test says.
    /// @param spent Of the payment token.
    /// @param compensated DECO that the requester got of its posting fee.
    function _allGoHome(uint256 spent, uint256 compensated) internal {
        for (uint256 i = 0; i < ids.length; ++i) {
            eq(_work(ids[i]).locked, 0, "a lock is left");
            eq(_work(ids[i]).liveSeats, 0, "a seat is left");
            if (_stake(ids[i]).active == 0) continue;
            _as(_owner(ids[i]));
            market.deregister(ids[i]);
        }
        _silence();
        for (uint256 i = 0; i < ids.length; ++i) {
            _takesStake(ids[i]);
            eq(deco.balanceOf(_owner(ids[i])), FUNDS - lost[i], "a provider's DECO");
        }
        address[6] memory accounts = [REQUESTER, APPELLANT, SECOND, RELAYER, STRANGER, TREASURY];
        for (uint256 i = 0; i < accounts.length; ++i) {
            _takesAll(accounts[i], address(token));
            _takesAll(accounts[i], address(deco));
        }
        if (market.pendingBurn() != 0) market.burnPending();
        eq(token.balanceOf(address(market)), 0, "tokens are stuck");
        eq(deco.balanceOf(address(market)), 0, "DECO is stuck");
        eq(token.balanceOf(REQUESTER), FUNDS - spent, "the requester's tokens");
        eq(deco.balanceOf(REQUESTER), FUNDS - Defaults.POSTING_FEE + compensated, "the requester's DECO");
    }

    function _takesStake(uint32 provider) private {
        VM.startPrank(_owner(provider));
        if (_identity(provider).unbonding != 0) market.withdrawStake(provider);
        uint256 earned = market.earningsOf(address(deco), provider);
        if (earned != 0) market.withdrawEarnings(provider, address(deco), earned, _owner(provider));
        earned = market.earningsOf(address(token), provider);
        if (earned != 0) market.withdrawEarnings(provider, address(token), earned, _owner(provider));
        VM.stopPrank();
        _takesAll(_owner(provider), address(deco));
    }

    function _takesAll(address account, address asset) private {
        uint256 balance = market.balanceOf(asset, account);
        if (balance == 0) return;
        _as(account);
        market.withdraw(asset, balance, account);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "../../../contracts/interfaces/IDecoAccounts.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract BurnPendingTest is MarketFixture {
    function test_RevertWhen_NothingIsPending() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        market.burnPending();
    }

    function test_WhenFeesOrSlashesArePending() public {
        _providers(1);
        _post(_request());
        eq(market.pendingBurn(), Defaults.POSTING_FEE, "the posting fee is pending");
        uint256 supply = deco.totalSupply();
        VM.expectEmit(false, false, false, true);
        emit IDecoAccounts.Burned(Defaults.POSTING_FEE);
        _as(STRANGER);
        eq(market.burnPending(), Defaults.POSTING_FEE, "amount");
        eq(deco.totalSupply(), supply - Defaults.POSTING_FEE, "supply");
        eq(market.pendingBurn(), 0, "pending");
    }
}

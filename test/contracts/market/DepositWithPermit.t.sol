// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {NoReturnToken} from "../../../contracts/mocks/NoReturnToken.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Permits} from "../support/Permits.sol";
import {VM} from "../support/Vm.sol";

contract DepositWithPermitTest is MarketFixture {
    uint256 private constant KEY = 0xa11ce;
    address private holder;

    function setUp() public override {
        super.setUp();
        holder = VM.addr(KEY);
        token.mint(holder, 1_000);
    }

    function test_RevertWhen_TheTokenIsNotListed() public {
        _refused(abi.encodeWithSelector(TokenNotListed.selector, address(this)));
        market.depositWithPermit(address(this), 1, 0, 0, 0, 0);
    }

    function test_WhenThePermitIsValid() public {
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(token, KEY, address(market), 400, block.timestamp);
        _as(holder);
        eq(market.depositWithPermit(address(token), 400, block.timestamp, v, r, s), 400, "received");
        eq(_balance(holder), 400, "balance");
    }

    function test_WhenThePermitWasUsedByAFrontRunner() public {
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(token, KEY, address(market), 400, block.timestamp);
        _as(STRANGER);
        token.permit(holder, address(market), 400, block.timestamp, v, r, s);
        _as(holder);
        eq(market.depositWithPermit(address(token), 400, block.timestamp, v, r, s), 400, "received");
    }

    function test_WhenTheTokenHasNoPermit() public {
        NoReturnToken plain = new NoReturnToken();
        parameters.setToken(address(plain), TokenParameters(true, 0, 0));
        plain.mint(STRANGER, 50);
        _as(STRANGER);
        plain.approve(address(market), 50);
        _as(STRANGER);
        eq(market.depositWithPermit(address(plain), 50, 0, 0, 0, 0), 50, "received");
    }

    function test_RevertWhen_ThePermitFailsAndThereIsNoAllowance() public {
        _refused(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 400));
        _as(holder);
        market.depositWithPermit(address(token), 400, block.timestamp, 27, bytes32("r"), bytes32("s"));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Permits} from "../support/Permits.sol";
import {VM} from "../support/Vm.sol";

contract PostWithPermitTest is MarketFixture {
    uint256 private constant KEY = 0xb0b;
    address private holder;

    function setUp() public override {
        super.setUp();
        _providers(1);
        holder = VM.addr(KEY);
        _fund(holder);
        _as(holder);
        token.approve(address(market), 0);
    }

    function test_RevertWhen_TheCallerIsNotTheRequester() public {
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, REQUESTER));
        _as(STRANGER);
        market.postWithPermit(_request(), 0, 0, 0, 0, 0);
    }

    function test_RevertWhen_TheTokenIsNotListed() public {
        Request memory request = _request();
        request.token = STRANGER;
        _refused(abi.encodeWithSelector(TokenNotListed.selector, STRANGER));
        _as(REQUESTER);
        market.postWithPermit(request, 0, 0, 0, 0, 0);
    }

    function test_WhenThePermitFails() public {
        _as(REQUESTER);
        bytes32 taskId = market.postWithPermit(_request(), 1, 0, 27, bytes32("r"), bytes32("s"));
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "open");
    }

    function test_WhenThePermitIsValid() public {
        Request memory request = _request();
        request.requester = holder;
        uint256 escrow = _escrow(request);
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(token, KEY, address(market), escrow, block.timestamp);
        _as(holder);
        bytes32 taskId = market.postWithPermit(request, escrow, block.timestamp, v, r, s);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "open");
        eq(token.allowance(holder, address(market)), 0, "nothing left");
    }
}

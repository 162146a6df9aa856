// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract DescribeTest is MarketFixture {
    uint32 private id;

    function setUp() public override {
        super.setUp();
        id = _provider(STAKE);
    }

    function test_RevertWhen_TheCallerIsNeitherOwnerNorOperator() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, id, STRANGER));
        _as(STRANGER);
        market.describe(id, "m", "");
    }

    function test_RevertWhen_TheProviderDoesNotExist() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, 77, STRANGER));
        _as(STRANGER);
        market.describe(77, "m", "");
    }

    function test_RevertWhen_TheEndpointIsTooLong() public {
        _refused(abi.encodeWithSelector(EndpointTooLong.selector, 600, 512));
        _as(_owner(id));
        market.describe(id, "m", string(new bytes(600)));
    }

    function test_WhenTheCallerIsTheOwner() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoProviders.ProviderDescribed(id, "m2", "/dns4/example");
        _as(_owner(id));
        market.describe(id, "m2", "/dns4/example");
        eq(_identity(id).metadata, "m2", "metadata");
    }

    function test_WhenTheCallerIsTheOperator() public {
        _as(_operator(id));
        market.describe(id, "m3", string(new bytes(512)));
        eq(_identity(id).metadata, "m3", "metadata");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DecoParameters} from "../../../contracts/governance/DecoParameters.sol";
import {DecoToken} from "../../../contracts/governance/DecoToken.sol";
import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IRandomness} from "../../../contracts/interfaces/IRandomness.sol";
import {DecoMarket, Modules} from "../../../contracts/market/DecoMarket.sol";
import {MarketExtension} from "../../../contracts/market/extension/MarketExtension.sol";
import {MarketOpening} from "../../../contracts/market/opening/MarketOpening.sol";
import {MarketPanels} from "../../../contracts/market/panels/MarketPanels.sol";
import {MarketProofs} from "../../../contracts/market/proofs/MarketProofs.sol";
import {MarketOrders} from "../../../contracts/market/orders/MarketOrders.sol";
import {MarketProving} from "../../../contracts/market/proving/MarketProving.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {LocalRandomness} from "../../../contracts/randomness/LocalRandomness.sol";
import {NoRandomness} from "../../../contracts/randomness/NoRandomness.sol";
import {Defaults} from "./Defaults.sol";

/// @title Deployments
/// @notice Deploys what tests share.
/// @dev Inherits nothing of `contracts/`: only then forge deploys from artifacts, instead of compiling the market into every
/// test that uses this.
abstract contract Deployments {
    function _deployDeco() internal returns (DecoToken) {
        return new DecoToken(address(this));
    }

    function _deployDollar() internal returns (TestToken) {
        return new TestToken("Test dollar", "TUSD", 6);
    }

    function _deployParameters(address treasury) internal returns (DecoParameters) {
        return new DecoParameters(address(this), treasury, Defaults.task(), Defaults.post());
    }

    function _deployRandomness() internal returns (LocalRandomness) {
        return new LocalRandomness();
    }

    function _deployNoRandomness() internal returns (NoRandomness) {
        return new NoRandomness();
    }

    function _deployMarket(DecoToken deco, DecoParameters parameters, IRandomness randomness)
        internal
        returns (IDecoMarket)
    {
        Modules memory modules = Modules({
            opening: address(new MarketOpening(address(deco), parameters, randomness)),
            panels: address(new MarketPanels(address(deco), parameters, randomness)),
            proofs: address(new MarketProofs(address(deco), parameters, randomness)),
            proving: address(new MarketProving(address(deco), parameters, randomness)),
            orders: address(new MarketOrders(address(deco), parameters, randomness)),
            extension: address(new MarketExtension(address(deco), parameters, randomness))
        });
        return IDecoMarket(address(new DecoMarket(address(deco), parameters, randomness, modules)));
    }
}

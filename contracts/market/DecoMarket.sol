// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoAccounts} from "../interfaces/IDecoAccounts.sol";
import {IDecoFolds} from "../interfaces/IDecoFolds.sol";
import {IDecoMatching} from "../interfaces/IDecoMatching.sol";
import {IDecoOrders} from "../interfaces/IDecoOrders.sol";
import {IDecoPanels} from "../interfaces/IDecoPanels.sol";
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IDecoProofs} from "../interfaces/IDecoProofs.sol";
import {IDecoProviders} from "../interfaces/IDecoProviders.sol";
import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {MarketModule} from "./MarketModule.sol";
import {MarketState} from "./MarketState.sol";
import {Agreement} from "./core/Agreement.sol";
import {DirectPosting} from "./core/DirectPosting.sol";

/// @notice Where the parts of the market's code are.
struct Modules {
    address opening;
    address panels;
    address proofs;
    address proving;
    address orders;
    address extension;
}

/// @title DecoMarket
/// @notice A marketplace for computation whose payments depend on proof. {IDecoMarket} is its specification and the type to
/// call it by: this contract answers all of it.
/// @dev One contract may hold 24,576 bytes of code, so it holds what replicas call most often; the other calls are in
/// modules and run here by delegatecall. All inherit {MarketState} first, so their storage layout is one; the modules'
/// addresses are immutable. The compiler looks for a function by comparing one selector after the other; a contract that lists all
/// hundred makes each of its hot calls a thousand gas dearer. Hence the fallback. See docs/decisions/0070 and 0170.
contract DecoMarket is Agreement, DirectPosting, Multicall {
    /// @notice Thrown at deployment when a module was made for another market.
    error ModuleMismatch(address module);

    address private immutable OPENING;
    address private immutable PANELS;
    address private immutable PROOFS;
    address private immutable PROVING;
    address private immutable ORDERS;
    address private immutable EXTENSION;

    /// @param deco_ The stake token; it must be burnable.
    /// @param parameters_ Governed values.
    /// @param randomness_ Seeds for sortition.
    /// @param modules_ Code made with the same three.
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_, Modules memory modules_)
        MarketState(deco_, parameters_, randomness_)
    {
        OPENING = _checked(modules_.opening);
        PANELS = _checked(modules_.panels);
        PROOFS = _checked(modules_.proofs);
        PROVING = _checked(modules_.proving);
        ORDERS = _checked(modules_.orders);
        EXTENSION = _checked(modules_.extension);
    }

    /// @notice Every call that this contract has no code for itself.
    fallback() external {
        _forward(_moduleOf(msg.sig));
    }

    /// @notice The parts of this contract's code that are elsewhere.
    function modules() external view returns (Modules memory) {
        return Modules({
            opening: OPENING, panels: PANELS, proofs: PROOFS, proving: PROVING, orders: ORDERS, extension: EXTENSION
        });
    }

    function _checked(address module) private view returns (address) {
        (address itsDeco, IDecoParameters itsParameters, IRandomness itsRandomness) =
            MarketModule(module).configuration();
        bool matches = itsDeco == DECO && itsParameters == PARAMETERS && itsRandomness == RANDOMNESS;
        if (!matches) revert ModuleMismatch(module);
        return module;
    }

    /// @dev The module that has the code. What nobody has ends in the proofs, which hold the views too, and is refused there.
    function _moduleOf(bytes4 selector) private view returns (address) {
        if (
            selector == IDecoOrders.proveHeld.selector || selector == IDecoOrders.holdOrder.selector
                || selector == IDecoOrders.proveOrder.selector || selector == IDecoOrders.dropOrder.selector
                || selector == IDecoOrders.openReserve.selector || selector == IDecoOrders.closeReserve.selector
        ) return ORDERS;
        if (
            selector == IDecoFolds.openAndFold.selector || selector == IDecoMatching.openAndAssign.selector
                || selector == IDecoMatching.openMany.selector || selector == IDecoMatching.openSigned.selector
                || selector == IDecoMatching.cancelRequest.selector || selector == IDecoMatching.cancelOrders.selector
                || selector == IDecoMatching.cancelOffer.selector || selector == IDecoMatching.raiseOfferEpoch.selector
        ) return OPENING;
        if (
            selector == IDecoProofs.proveFolded.selector || selector == IDecoProofs.prove.selector
                || selector == IDecoProofs.conclude.selector
        ) return PROVING;
        if (
            selector == IDecoPanels.claimPanel.selector || selector == IDecoPanels.decide.selector
                || selector == IDecoPanels.finalize.selector || selector == IDecoPanels.appeal.selector
                || selector == IDecoPanels.appealDecision.selector || selector == IDecoPanels.audit.selector
                || selector == IDecoPanels.undelivered.selector || selector == IDecoPanels.showLeaf.selector
                || selector == IDecoPanels.reseedPanel.selector || selector == IDecoPanels.escalatePanel.selector
        ) return PANELS;
        return _isExtended(selector) ? EXTENSION : PROOFS;
    }

    function _isExtended(bytes4 selector) private pure returns (bool) {
        return selector == IDecoTasks.abstain.selector || selector == IDecoTasks.decline.selector
            || selector == IDecoFolds.unfold.selector || selector == IDecoTasks.escalate.selector
            || selector == IDecoTasks.expire.selector || selector == IDecoTasks.cancel.selector
            || selector == IDecoTasks.reseed.selector || selector == IDecoAccounts.deposit.selector
            || selector == IDecoAccounts.depositWithPermit.selector || selector == IDecoAccounts.withdraw.selector
            || selector == IDecoAccounts.withdrawEarnings.selector || selector == IDecoAccounts.burnPending.selector
            || _isProviders(selector);
    }

    function _isProviders(bytes4 selector) private pure returns (bool) {
        return selector == IDecoProviders.register.selector || selector == IDecoProviders.describe.selector
            || selector == IDecoProviders.stake.selector || selector == IDecoProviders.unbond.selector
            || selector == IDecoProviders.withdrawStake.selector || selector == IDecoProviders.setOperator.selector
            || selector == IDecoProviders.offerOwnership.selector || selector == IDecoProviders.acceptOwnership.selector
            || selector == IDecoProviders.deregister.selector;
    }

    /// @dev Runs this call's data as code of a module, and ends the call with what it returned.
    function _forward(address target) private {
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            calldatacopy(pointer, 0, calldatasize())
            let succeeded := delegatecall(gas(), target, pointer, calldatasize(), 0, 0)
            returndatacopy(pointer, 0, returndatasize())
            if iszero(succeeded) { revert(pointer, returndatasize()) }
            return(pointer, returndatasize())
        }
    }
}

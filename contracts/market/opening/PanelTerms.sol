// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Accounting} from "../../libraries/Accounting.sol";
import {PanelLib} from "../../types/Panel.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {TokenWord} from "../../types/PostWord.sol";
import {Request} from "../../types/Request.sol";
import {Tasks} from "../Tasks.sol";

/// @title PanelTerms
/// @notice What `post` demands of a request whose results are final only after a window: that its panels can fill, can be
/// paid for by those whom they convict, and end in time.
abstract contract PanelTerms is Tasks {
    using TaskParametersLib for uint256;
    using TokenWord for uint256;

    uint256 internal constant MAX_CHALLENGE = 2 days;
    uint256 internal constant MAX_AUDIT_BPS = 1_000;

    /// @dev Without windows there are no panels to price.
    function _checkPanels(Request calldata request, uint256 terms, uint256 listing) internal view {
        bool delayed = PanelLib.delayed(request);
        _within("panelPrice", request.panelPrice, delayed ? 1 : 0, delayed ? type(uint96).max : 0);
        if (!delayed) return;
        _within("challengeWindow", request.challengeWindow, 0, MAX_CHALLENGE);
        _within("deliveryWindow", request.deliveryWindow, 0, MAX_CHALLENGE);
        _within("auditBps", request.auditBps, 0, MAX_AUDIT_BPS);
        uint256 needed = uint256(request.maxReplicas) + terms.panelSeats() + terms.widePanelSeats();
        if (_activeIdentities < needed) revert TooFewIdentities(_activeIdentities, needed);
        uint256 atStake = request.minAgreeing * Accounting.shareDown(request.lock, request.dissentBps);
        uint256 cost = (PanelLib.cost(request, terms, 1) * listing.lockRate()) / 1e18;
        if (atStake < cost) revert PanelsNotCovered(atStake, cost);
    }

    /// @dev Longest time from acceptance to the end: a dispute opened last, two panels, a challenge between them.
    function _panelSeconds(Request calldata request, uint256 terms) internal pure returns (uint256) {
        if (!PanelLib.delayed(request)) return 0;
        uint256 challenge = request.challengeWindow;
        uint256 first = request.deliveryWindow > challenge ? request.deliveryWindow : challenge;
        uint256 panel =
            2 * uint256(request.claimWindow) + request.commitWindow + request.revealWindow + terms.settleWindow();
        return first + challenge + 2 * panel;
    }

    function _within(bytes32 field, uint256 value, uint256 minimum, uint256 maximum) internal pure {
        if (value < minimum || value > maximum) revert FieldOutOfRange(field, value, minimum, maximum);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HoldTerms, Order, OrderTerms} from "../../../contracts/types/Order.sol";
import {Request} from "../../../contracts/types/Request.sol";

/// @title Orders
/// @notice What calls bring along of a request that is an order, and the request that an order stands for.
library Orders {
    function from(Request memory request) internal pure returns (Order memory order) {
        order.requester = request.requester;
        order.program = request.program;
        order.terms = OrderTerms({
            nonce: request.nonce,
            expiry: request.expiry,
            input: request.input,
            volume: request.volume,
            token: request.token,
            price: request.minPrice,
            policy: request.policy,
            policyData: request.policyData,
            programOwner: request.programOwner,
            programBps: request.programBps,
            dataOwner: request.dataOwner,
            dataBps: request.dataBps
        });
        order.hold =
            HoldTerms({lock: request.lock, commitWindow: request.commitWindow, revealWindow: request.revealWindow});
    }

    /// @dev What its requester signs.
    function toRequest(Order memory order) internal pure returns (Request memory asked) {
        (asked.requester, asked.program) = (order.requester, order.program);
        OrderTerms memory terms = order.terms;
        (asked.nonce, asked.expiry, asked.input, asked.volume) = (terms.nonce, terms.expiry, terms.input, terms.volume);
        (asked.token, asked.minPrice, asked.maxPrice) = (terms.token, terms.price, terms.price);
        (asked.policy, asked.policyData) = (terms.policy, terms.policyData);
        (asked.programOwner, asked.programBps) = (terms.programOwner, terms.programBps);
        (asked.dataOwner, asked.dataBps) = (terms.dataOwner, terms.dataBps);
        (asked.lock, asked.commitWindow) = (order.hold.lock, order.hold.commitWindow);
        asked.revealWindow = order.hold.revealWindow;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoErrors} from "../interfaces/IDecoErrors.sol";
import {Opening, OpeningLib} from "../types/Opening.sol";

/// @title Openings
/// @notice What every call that opens a result checks of it.
library Openings {
    /// @dev Result documents that are passed to the chain, in bytes.
    uint256 internal constant MAX_DOCUMENT = 16_384;

    /// @notice That the opening fits the volume and its document, when there is one, its digest.
    /// @return result What replicas vote on.
    function check(Opening calldata opening, uint256 volume) internal pure returns (bytes32 result) {
        if ((volume > 1) != (opening.root != 0)) revert IDecoErrors.InvalidOpening();
        uint256 size = opening.document.length;
        if (size > MAX_DOCUMENT) revert IDecoErrors.DocumentTooLarge(size, MAX_DOCUMENT);
        if (size != 0) {
            bytes32 actual = sha256(opening.document);
            if (actual != opening.digest) revert IDecoErrors.DocumentMismatch(opening.digest, actual);
        }
        return OpeningLib.result(opening);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Tag and salt of one committed seat; anyone may relay it.
struct Reveal {
    bytes32 taskId;
    uint32 provider;
    bytes32 tag;
    bytes32 salt;
}

/// @notice Opens the accepted result at settlement.
struct Opening {
    /// SHA-256 of the result document, or, for a bag, of its manifest document.
    bytes32 digest;
    /// Merkle root over the item results; zero unless the request's volume exceeds 1.
    bytes32 root;
    /// The document's bytes, or empty; when given, `sha256(document)` must equal `digest`.
    bytes document;
}

bytes32 constant TAG_DOMAIN = keccak256("deco.tag.v1");
bytes32 constant COMMITMENT_DOMAIN = keccak256("deco.commitment.v1");

/// @title OpeningLib
/// @notice The hashes of commit and reveal. The task id binds chain and market, so they do too.
library OpeningLib {
    /// @notice What replicas vote on: the document digest, or keccak(root, manifest) for a bag.
    function result(Opening calldata opening) internal pure returns (bytes32) {
        return opening.root == 0 ? opening.digest : keccak256(abi.encode(opening.root, opening.digest));
    }

    function tag(bytes32 taskId, uint256 round, bytes32 result_) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_DOMAIN, taskId, round, result_));
    }

    function commitment(bytes32 taskId, uint256 round, uint256 provider, bytes32 tag_, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(COMMITMENT_DOMAIN, taskId, round, provider, tag_, salt));
    }
}

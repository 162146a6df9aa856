// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskStatus} from "./Task.sol";

/// @notice A full first round as its digest keeps it: whoever calls brings this along, and the digest proves it.
struct Fold {
    /// The packed {Task}.
    uint256 task;
    /// The packed {TaskParameters} of its post.
    uint256 terms;
    /// Providers, by ascending id.
    uint32[] roster;
    /// Their packed {Seat}s, in the same order.
    uint256[] seats;
}

/// @notice One provider's commitment, signed with its operator key (EIP-712 {COMMITMENT_TYPEHASH}), as short as call data allows.
struct SealedCommitment {
    bytes32 commitment;
    bytes32 r;
    /// Signature in the form of ERC-2098: the highest bit is the parity of y.
    bytes32 vs;
}

/// @notice The same for any task; see {IDecoTasks-commitSigned}.
struct SignedCommitment {
    bytes32 taskId;
    uint32 provider;
    bytes32 commitment;
    bytes32 r;
    bytes32 vs;
}

bytes32 constant COMMITMENT_TYPEHASH = keccak256("Commitment(bytes32 taskId,uint8 round,bytes32 commitment)");

/// @title FoldLib
/// @notice The one word that a folded task occupies: {TaskStatus.Folded} in the lowest four bits, above them the digest of task,
/// parameters, roster and seats. 252 bits leave 2^126 work for a collision.
library FoldLib {
    /// @notice EIP-712 struct hash of what a provider signs to have its commitment brought by others.
    function structHash(bytes32 taskId, uint256 round, bytes32 commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(COMMITMENT_TYPEHASH, taskId, round, commitment));
    }

    /// @notice The word of a fold with this task and these seats. Roster and seats must be of one length, else the digest would be
    /// ambiguous.
    function word(Fold calldata fold, uint256 task, uint256[] memory seats) internal pure returns (uint256) {
        uint32[] calldata roster = fold.roster;
        uint256 terms = fold.terms;
        bytes32 digest;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept. A roster with dirty bits hashes to another word.
            let pointer := mload(0x40)
            let size := shl(5, mload(seats))
            mstore(pointer, task)
            mstore(add(pointer, 0x20), terms)
            calldatacopy(add(pointer, 0x40), roster.offset, size)
            mcopy(add(add(pointer, 0x40), size), add(seats, 0x20), size)
            digest := keccak256(pointer, add(0x40, shl(1, size)))
        }
        return _tagged(digest);
    }

    /// @notice The same of a fold in the making.
    function wordInMemory(uint256 task, uint256 terms, uint32[] memory roster, uint256[] memory seats)
        internal
        pure
        returns (uint256)
    {
        bytes32 digest;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            let size := shl(5, mload(seats))
            mstore(pointer, task)
            mstore(add(pointer, 0x20), terms)
            mcopy(add(pointer, 0x40), add(roster, 0x20), size)
            mcopy(add(add(pointer, 0x40), size), add(seats, 0x20), size)
            digest := keccak256(pointer, add(0x40, shl(1, size)))
        }
        return _tagged(digest);
    }

    function _tagged(bytes32 digest) private pure returns (uint256) {
        return (uint256(digest) & ~uint256(0xf)) | uint256(TaskStatus.Folded);
    }
}

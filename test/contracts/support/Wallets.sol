// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {VM} from "./Vm.sol";

/// @title Wallet
/// @notice An account of code that takes one key's signature for its own, in a form of its own: 96 bytes.
contract Wallet {
    bytes4 private constant MAGIC = 0x1626ba7e;
    address private immutable KEY;

    constructor(address key) {
        KEY = key;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (uint8 v, bytes32 r, bytes32 s) = abi.decode(signature, (uint8, bytes32, bytes32));
        return ecrecover(digest, v, r, s) == KEY ? MAGIC : bytes4(0);
    }

    /// @dev Acts as the account.
    function run(address target, bytes calldata data) external returns (bytes memory) {
        (bool done, bytes memory answer) = target.call(data);
        if (done) return answer;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}

/// @title HostileAnswers
/// @notice Answers every question as badly as it is told.
contract HostileAnswers {
    enum Manner {
        WrongMagic,
        Short,
        DirtyMagic,
        Revert,
        BurnGas,
        ReturnBomb,
        Write
    }

    Manner public manner;
    uint256 private _written;

    function set(Manner manner_) external {
        manner = manner_;
    }

    fallback() external {
        Manner how = manner;
        if (how == Manner.Revert) revert("no");
        if (how == Manner.Write) ++_written;
        bytes4 magic = msg.sig;
        assembly ("memory-safe") {
            switch how
            case 0 { mstore(0x00, shl(224, 0xffffffff)) }
            case 1 {
                mstore(0x00, magic)
                return(0x00, 0x04)
            }
            case 2 { mstore(0x00, or(magic, 1)) }
            case 4 { for {} 1 {} {} }
            case 5 {
                // All the gas that it is given, as memory of the answer.
                mstore(0x00, magic)
                return(0x00, 300000)
            }
            default { mstore(0x00, magic) }
            return(0x00, 0x20)
        }
    }
}

/// @title Keys
/// @notice Signatures in the forms that the market takes.
library Keys {
    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev For {Wallet}.
    function signAsWallet(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return abi.encode(v, r, s);
    }

    /// @dev ERC-2098.
    function signShort(uint256 key, bytes32 digest) internal pure returns (bytes32 r, bytes32 vs) {
        uint8 v;
        bytes32 s;
        (v, r, s) = VM.sign(key, digest);
        vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
    }

    /// @dev The other signature of the same key and digest, with a high s.
    function malleated(bytes memory signature) internal pure returns (bytes memory) {
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        (bytes32 r, uint256 s, uint8 v) = (bytes32(0), 0, uint8(signature[64]));
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
        }
        return abi.encodePacked(r, order - s, v == 27 ? uint8(28) : uint8(27));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {Shape} from "../../../contracts/interfaces/IZkPolicy.sol";
import {EchoVerifier} from "../../../contracts/mocks/EchoVerifier.sol";
import {ZkPolicy} from "../../../contracts/policies/zk/ZkPolicy.sol";
import {PlonkVerifier} from "../../../contracts/policies/zk/verifiers/Cubic.plonk.sol";
import {Groth16Verifier} from "../../../contracts/policies/zk/verifiers/SumOfSquares.groth16.sol";

/// @title ZkFixture
/// @notice Shapes, documents and proofs as a policy takes them.
/// @dev Inherits nothing of `contracts/`, as {Deployments}.
abstract contract ZkFixture {
    uint256 internal constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev Order of the field over which the curve's points are.
    uint256 internal constant BASE = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    bytes internal constant REST = ',"deco":"input/1"}';

    function _deployZkPolicy(IDecoMarket market, Shape[] memory shapes) internal returns (ZkPolicy) {
        return new ZkPolicy(market, shapes);
    }

    function _deployGroth16() internal returns (address) {
        return address(new Groth16Verifier());
    }

    function _deployPlonk() internal returns (address) {
        return address(new PlonkVerifier());
    }

    function _deployEcho() internal returns (address) {
        return address(new EchoVerifier());
    }

    /// @dev The shape of code, given the numbers of its key: each wherever it is pushed.
    function _shapeOf(address verifier, bytes memory key, uint8 words, uint24 gasCap)
        internal
        view
        returns (Shape memory shape)
    {
        bytes memory code = verifier.code;
        for (uint256 i = 0; i < key.length; i += 32) {
            uint256 number = _word(key, i);
            for (uint256 j = 1; j + 32 <= code.length; ++j) {
                // PUSH32
                if (uint8(code[j - 1]) != 0x7f || _word(code, j) != number) continue;
                shape.holes = bytes.concat(shape.holes, bytes2(uint16(j)));
            }
        }
        for (uint256 i = 0; i < shape.holes.length; i += 2) {
            uint256 position = (uint256(uint8(shape.holes[i])) << 8) | uint8(shape.holes[i + 1]);
            _setWord(code, position, 0);
        }
        shape.codeHash = keccak256(code);
        (shape.proofWords, shape.gasCap) = (words, gasCap);
        // alpha 2, beta 4, gamma 4, delta 4
        if (words == 8) (shape.gamma, shape.delta) = (6, 10);
    }

    function _inputOf(uint256 commitment) internal pure returns (bytes32) {
        return sha256(bytes.concat('{"commitment":"0x', _hex(commitment), '"', REST));
    }

    function _resultOf(uint256 commitment) internal pure returns (bytes32) {
        return sha256(bytes.concat('{"commitment":"0x', _hex(commitment), '","deco":"result/1","exitCode":0}'));
    }

    function _proof(uint256 input, uint256 output, bytes memory words) internal pure returns (bytes memory) {
        return bytes.concat(bytes32(input), bytes32(output), words, REST);
    }

    function _hex(uint256 number) internal pure returns (bytes memory text) {
        text = new bytes(64);
        for (uint256 i = 64; i > 0; --i) {
            text[i - 1] = bytes("0123456789abcdef")[number & 15];
            number >>= 4;
        }
    }

    function _word(bytes memory data, uint256 position) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), position))
        }
    }

    function _setWord(bytes memory data, uint256 position, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(data, 32), position), word)
        }
    }
}

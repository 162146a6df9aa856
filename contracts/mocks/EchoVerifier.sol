// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title EchoVerifier
/// @notice In the place of a Groth16 verifier where nobody can prove: the first word of its proof is the hash of the signals.
contract EchoVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[3] calldata signals
    ) external pure returns (bool) {
        return a[0] == uint256(keccak256(abi.encode(signals)));
    }
}

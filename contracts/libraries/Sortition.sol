// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Sortition
/// @notice Who may take a seat, and when. The bound rises linearly over the claim window, so lower tickets come first and
/// seats usually fill near k = 1; splitting stake over identities leaves the expected number of seats unchanged.
library Sortition {
    /// @dev k at the end of the claim window.
    uint256 internal constant FINAL_K = 6;
    /// @dev Seats won while k is at most this may raise trust.
    uint256 internal constant EARLY_K = 2;

    function ticket(bytes32 seed, bytes32 taskId, uint256 round, uint256 provider) internal pure returns (bytes32) {
        return keccak256(abi.encode(seed, taskId, round, provider));
    }

    /// @notice Whether `ticket_ / 2^256 < min(1, k x seats x stake / totalStake)` with k = 6 x elapsed / window.
    /// @dev Stakes are below 2^43, seats below 2^5, seconds below 2^20, so nothing overflows after the ticket is cut to its
    /// upper 128 bits.
    function drawn(bytes32 ticket_, uint256 elapsed, uint256 window, uint256 seats, uint256 stake, uint256 totalStake)
        internal
        pure
        returns (bool)
    {
        unchecked {
            uint256 numerator = FINAL_K * elapsed * seats * stake;
            uint256 denominator = window * totalStake;
            if (numerator >= denominator) return true;
            return (uint256(ticket_) >> 128) * denominator < numerator << 128;
        }
    }

    /// @notice Whether k is at most 2.
    function early(uint256 elapsed, uint256 window) internal pure returns (bool) {
        return FINAL_K * elapsed <= EARLY_K * window;
    }
}

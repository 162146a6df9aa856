// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What kind of machine keeps a key.
enum AttestationKind {
    Tpm,
    Sgx,
    Tdx
}

enum KeyStatus {
    /// Never enrolled.
    None,
    /// Live from `activatesAt` until `expiresAt`.
    Enrolled,
    /// Frozen until governance judges, or the challenge lapses.
    Challenged,
    /// Ended without fault. Never live again.
    Revoked,
    /// Found false: what was put behind it is burned. Never live again.
    Condemned
}

/// @notice One enrolment of a key.
struct AttestedKey {
    /// Public key on P-256.
    bytes32 x;
    bytes32 y;
    /// What was measured of the environment in which alone the key signs.
    bytes32 measurement;
    /// SHA-256 of the evidence document: it is fetched from IPFS, and names the quote.
    bytes32 evidence;
    /// Whose seats it signs for.
    uint32 provider;
    AttestationKind kind;
    KeyStatus status;
    /// Seconds, as all here.
    uint40 activatesAt;
    uint40 expiresAt;
    /// When it was revoked or condemned, or 0.
    uint40 endedAt;
    /// When it was challenged, or 0.
    uint40 challengedAt;
    address challenger;
}

/// @notice What an attester asks for: that a key be known as one whose evidence it verified.
struct Enrolment {
    bytes32 x;
    bytes32 y;
    bytes32 measurement;
    bytes32 evidence;
    uint32 provider;
    AttestationKind kind;
    uint40 expiresAt;
    /// Base units of DECO that the attester puts behind the key.
    uint96 cover;
}

/// @title IAttestationRegistry
/// @notice Keys kept by trusted hardware, each enrolled from a quote that bonded attesters verified off-chain. The evidence is
/// published before the key is live, so that anybody may verify it too, and challenge.
/// @dev Holds bonds in DECO and nothing else. Attesters and challengers put their bonds under the judgement of whoever governs the market's
/// parameters; what a judgement takes is burned, but for the challenger's bounty. If governance is silent, a challenged key is revoked and
/// every bond returns.
interface IAttestationRegistry {
    error AlreadyEnrolled(bytes32 key);
    error UnknownKey(bytes32 key);
    /// @notice Thrown when the key is not in the status that the call needs.
    error WrongKeyStatus(bytes32 key, KeyStatus actual);
    /// @notice Thrown when x and y are no point of the curve, or the point at infinity.
    error NotOnCurve(bytes32 x, bytes32 y);
    error UnknownProvider(uint32 provider);
    /// @notice Thrown when the expiry is before the activation, or further away than the longest life.
    error BadExpiry(uint256 expiresAt, uint256 earliest, uint256 latest);
    error CoverTooSmall(uint256 cover, uint256 minimum);
    /// @notice Thrown when the attester's free bond is less than what the call takes.
    error BondTooSmall(address attester, uint256 free, uint256 needed);
    error TooManyAttesters(bytes32 key);
    /// @notice Thrown when the time for the call is over, or has not come.
    error TooLate(bytes32 key, uint256 until);
    error TooEarly(bytes32 key, uint256 from);
    /// @notice Thrown when the caller is neither attester of the key, nor its provider, nor governance.
    error MayNotRevoke(bytes32 key, address caller);
    error NotGovernance(address caller);
    /// @notice Thrown when nothing of the attester's is behind the key.
    error NothingBehind(bytes32 key, address attester);

    event BondChanged(address indexed attester, uint256 free);
    event KeyEnrolled(bytes32 indexed key, uint32 indexed provider, address indexed attester, Enrolment enrolment);
    event KeyVouched(bytes32 indexed key, address indexed attester, uint256 cover);
    event KeyChallenged(bytes32 indexed key, address indexed challenger, bytes32 reason);
    event ChallengeDismissed(bytes32 indexed key);
    event KeyRevoked(bytes32 indexed key, address indexed by);
    /// @param burned Base units of DECO; `bounty` went to the challenger.
    event KeyCondemned(bytes32 indexed key, uint256 burned, uint256 bounty);
    event CoverReleased(bytes32 indexed key, address indexed attester, uint256 cover);

    // --- bonds ---

    /// @notice Adds to the caller's free bond, by allowance.
    function bond(uint96 amount) external;

    /// @notice Takes from the caller's free bond; what is behind keys is not free.
    function withdraw(uint96 amount) external;

    // --- keys ---

    /// @notice Enrols a key whose evidence the caller verified. It is live after the activation delay.
    /// @return key Its id: digest of the attester and of all that it says of the key but cover and expiry. An id is used once.
    function enroll(Enrolment calldata enrolment) external returns (bytes32 key);

    /// @notice Puts the caller's bond behind a key that another enrolled, having verified the evidence too; before it is live.
    function vouch(bytes32 key, uint96 cover) external;

    /// @notice Freezes a key that is not live yet, because its evidence does not verify. Takes the challenge bond by allowance.
    /// @param reason Digest of a document that says why.
    function challenge(bytes32 key, bytes32 reason) external;

    /// @notice By governance: the challenge was wrong, its bond is burned, the key goes on.
    function dismiss(bytes32 key) external;

    /// @notice By governance, whether challenged or not, while its cover is held: the evidence is false. The cover is burned; a challenger
    /// gets its bond back and half of the cover, at most as much as its bond.
    function condemn(bytes32 key) external;

    /// @notice Ends a challenge on which governance was silent: the key is revoked, nobody loses anything. By anyone.
    function lapse(bytes32 key) external;

    /// @notice Ends a key: by one of its attesters, its provider's owner or operator, or governance.
    function revoke(bytes32 key) external;

    /// @notice Frees what an attester put behind a key, once the key has been over for the tail. By anyone.
    function release(bytes32 key, address attester) external;

    // --- views ---

    /// @notice Whether the key may sign now.
    function isLive(bytes32 key) external view returns (bool);
    function getKey(bytes32 key) external view returns (AttestedKey memory);
    function attestersOf(bytes32 key) external view returns (address[] memory);
    /// @notice Base units of DECO that an attester put behind the key, and that could still be burned.
    function coverOf(bytes32 key, address attester) external view returns (uint96);
    function bondOf(address attester) external view returns (uint96);
    function keyIdOf(address attester, Enrolment calldata enrolment) external pure returns (bytes32);

    function activationDelay() external view returns (uint40);
    function judgementWindow() external view returns (uint40);
    function tail() external view returns (uint40);
    function minimumCover() external view returns (uint96);
    function challengeBond() external view returns (uint96);
}

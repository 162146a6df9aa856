// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {AttestedKey, Enrolment, IAttestationRegistry, KeyStatus} from "../../interfaces/IAttestationRegistry.sol";
import {IDecoMarket} from "../../interfaces/IDecoMarket.sol";
import {ProviderIdentity} from "../../types/Provider.sol";

/// @notice What a registry is made with; it never changes.
struct RegistryTerms {
    /// Seconds in which evidence may be challenged before its key is live.
    uint40 activationDelay;
    /// Seconds that governance has for a judgement.
    uint40 judgementWindow;
    /// Seconds for which the cover of a key that is over can still be burned.
    uint40 tail;
    uint40 longestLife;
    /// Base units of DECO.
    uint96 minimumCover;
    uint96 challengeBond;
}

/// @title AttestationRegistry
/// @notice See {IAttestationRegistry}.
contract AttestationRegistry is IAttestationRegistry {
    using SafeERC20 for IERC20;

    uint256 public constant MAX_ATTESTERS = 8;

    IDecoMarket public immutable market;
    IERC20 public immutable deco;
    uint40 public immutable activationDelay;
    uint40 public immutable judgementWindow;
    uint40 public immutable tail;
    uint40 public immutable longestLife;
    uint96 public immutable minimumCover;
    uint96 public immutable challengeBond;

    mapping(address attester => uint96) public bondOf;
    mapping(bytes32 key => AttestedKey) private _keys;
    mapping(bytes32 key => address[]) private _attesters;
    mapping(bytes32 key => mapping(address attester => uint96)) public coverOf;

    constructor(IDecoMarket market_, IERC20 deco_, RegistryTerms memory terms) {
        (market, deco) = (market_, deco_);
        (activationDelay, judgementWindow) = (terms.activationDelay, terms.judgementWindow);
        (tail, longestLife) = (terms.tail, terms.longestLife);
        (minimumCover, challengeBond) = (terms.minimumCover, terms.challengeBond);
    }

    // --- bonds ---

    /// @inheritdoc IAttestationRegistry
    function bond(uint96 amount) external {
        bondOf[msg.sender] += amount;
        emit BondChanged(msg.sender, bondOf[msg.sender]);
        deco.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IAttestationRegistry
    function withdraw(uint96 amount) external {
        _takeBond(amount);
        deco.safeTransfer(msg.sender, amount);
    }

    // --- keys ---

    /// @inheritdoc IAttestationRegistry
    function enroll(Enrolment calldata enrolment) external returns (bytes32 key) {
        key = keyIdOf(msg.sender, enrolment);
        if (_keys[key].status != KeyStatus.None) revert AlreadyEnrolled(key);
        if (!P256.isValidPublicKey(enrolment.x, enrolment.y)) revert NotOnCurve(enrolment.x, enrolment.y);
        (,, ProviderIdentity memory identity) = market.getProvider(enrolment.provider);
        if (identity.owner == address(0)) revert UnknownProvider(enrolment.provider);
        uint40 activatesAt = uint40(block.timestamp) + activationDelay;
        uint256 latest = block.timestamp + longestLife;
        if (enrolment.expiresAt <= activatesAt || enrolment.expiresAt > latest) {
            revert BadExpiry(enrolment.expiresAt, activatesAt, latest);
        }
        AttestedKey storage made = _keys[key];
        (made.x, made.y) = (enrolment.x, enrolment.y);
        (made.measurement, made.evidence) = (enrolment.measurement, enrolment.evidence);
        (made.provider, made.kind, made.status) = (enrolment.provider, enrolment.kind, KeyStatus.Enrolled);
        (made.activatesAt, made.expiresAt) = (activatesAt, enrolment.expiresAt);
        _putBehind(key, enrolment.cover);
        emit KeyEnrolled(key, enrolment.provider, msg.sender, enrolment);
    }

    /// @inheritdoc IAttestationRegistry
    function vouch(bytes32 key, uint96 cover) external {
        AttestedKey storage known = _inStatus(key, KeyStatus.Enrolled);
        // Later, a new attester would be believed before anybody could look.
        if (block.timestamp >= known.activatesAt) revert TooLate(key, known.activatesAt);
        if (coverOf[key][msg.sender] == 0 && _attesters[key].length >= MAX_ATTESTERS) revert TooManyAttesters(key);
        _putBehind(key, cover);
        emit KeyVouched(key, msg.sender, cover);
    }

    /// @inheritdoc IAttestationRegistry
    function challenge(bytes32 key, bytes32 reason) external {
        AttestedKey storage known = _inStatus(key, KeyStatus.Enrolled);
        // Later, a challenge would take the key out of a provider's hand while it holds a seat.
        if (block.timestamp >= known.activatesAt) revert TooLate(key, known.activatesAt);
        known.status = KeyStatus.Challenged;
        (known.challenger, known.challengedAt) = (msg.sender, uint40(block.timestamp));
        emit KeyChallenged(key, msg.sender, reason);
        deco.safeTransferFrom(msg.sender, address(this), challengeBond);
    }

    /// @inheritdoc IAttestationRegistry
    function dismiss(bytes32 key) external {
        _requireGovernance();
        AttestedKey storage known = _inStatus(key, KeyStatus.Challenged);
        known.status = KeyStatus.Enrolled;
        known.challenger = address(0);
        emit ChallengeDismissed(key);
        ERC20Burnable(address(deco)).burn(challengeBond);
    }

    /// @inheritdoc IAttestationRegistry
    function condemn(bytes32 key) external {
        _requireGovernance();
        AttestedKey storage known = _known(key);
        if (known.status == KeyStatus.Condemned) revert WrongKeyStatus(key, known.status);
        uint256 until = _releasesAt(known);
        if (block.timestamp > until) revert TooLate(key, until);
        address challenger = known.status == KeyStatus.Challenged ? known.challenger : address(0);
        (known.status, known.endedAt) = (KeyStatus.Condemned, uint40(block.timestamp));
        uint256 lost;
        address[] storage attesters = _attesters[key];
        for (uint256 i = 0; i < attesters.length; ++i) {
            lost += coverOf[key][attesters[i]];
            coverOf[key][attesters[i]] = 0;
        }
        uint256 bounty;
        if (challenger != address(0)) {
            bounty = lost / 2 < challengeBond ? lost / 2 : challengeBond;
            deco.safeTransfer(challenger, challengeBond + bounty);
        }
        emit KeyCondemned(key, lost - bounty, bounty);
        ERC20Burnable(address(deco)).burn(lost - bounty);
    }

    /// @inheritdoc IAttestationRegistry
    function lapse(bytes32 key) external {
        AttestedKey storage known = _inStatus(key, KeyStatus.Challenged);
        uint256 from = uint256(known.challengedAt) + judgementWindow;
        if (block.timestamp <= from) revert TooEarly(key, from);
        address challenger = known.challenger;
        _end(key, known);
        deco.safeTransfer(challenger, challengeBond);
    }

    /// @inheritdoc IAttestationRegistry
    function revoke(bytes32 key) external {
        AttestedKey storage known = _inStatus(key, KeyStatus.Enrolled);
        if (!_mayRevoke(key, known.provider)) revert MayNotRevoke(key, msg.sender);
        _end(key, known);
    }

    /// @inheritdoc IAttestationRegistry
    function release(bytes32 key, address attester) external {
        AttestedKey storage known = _known(key);
        // Its expiry does not end a challenge.
        if (known.status == KeyStatus.Challenged) revert WrongKeyStatus(key, known.status);
        uint256 from = _releasesAt(known);
        if (block.timestamp <= from) revert TooEarly(key, from);
        uint96 cover = coverOf[key][attester];
        if (cover == 0) revert NothingBehind(key, attester);
        coverOf[key][attester] = 0;
        bondOf[attester] += cover;
        emit CoverReleased(key, attester, cover);
        emit BondChanged(attester, bondOf[attester]);
    }

    // --- views ---

    /// @inheritdoc IAttestationRegistry
    function isLive(bytes32 key) external view returns (bool) {
        AttestedKey storage known = _keys[key];
        return
            known.status == KeyStatus.Enrolled && block.timestamp >= known.activatesAt
                && block.timestamp < known.expiresAt;
    }

    /// @inheritdoc IAttestationRegistry
    function getKey(bytes32 key) external view returns (AttestedKey memory) {
        return _keys[key];
    }

    /// @inheritdoc IAttestationRegistry
    function attestersOf(bytes32 key) external view returns (address[] memory) {
        return _attesters[key];
    }

    /// @inheritdoc IAttestationRegistry
    function keyIdOf(address attester, Enrolment calldata enrolment) public pure returns (bytes32) {
        return keccak256(
            abi.encode(
                attester,
                enrolment.x,
                enrolment.y,
                enrolment.measurement,
                enrolment.evidence,
                enrolment.provider,
                enrolment.kind
            )
        );
    }

    // --- within ---

    function _known(bytes32 key) private view returns (AttestedKey storage known) {
        known = _keys[key];
        if (known.status == KeyStatus.None) revert UnknownKey(key);
    }

    function _inStatus(bytes32 key, KeyStatus wanted) private view returns (AttestedKey storage known) {
        known = _known(key);
        if (known.status != wanted) revert WrongKeyStatus(key, known.status);
    }

    function _takeBond(uint96 amount) private {
        uint96 free = bondOf[msg.sender];
        if (free < amount) revert BondTooSmall(msg.sender, free, amount);
        bondOf[msg.sender] = free - amount;
        emit BondChanged(msg.sender, free - amount);
    }

    function _putBehind(bytes32 key, uint96 cover) private {
        if (cover < minimumCover || cover == 0) revert CoverTooSmall(cover, minimumCover);
        _takeBond(cover);
        if (coverOf[key][msg.sender] == 0) _attesters[key].push(msg.sender);
        coverOf[key][msg.sender] += cover;
    }

    function _end(bytes32 key, AttestedKey storage known) private {
        (known.status, known.endedAt) = (KeyStatus.Revoked, uint40(block.timestamp));
        emit KeyRevoked(key, msg.sender);
    }

    /// @dev Last second at which its cover can be burned.
    function _releasesAt(AttestedKey storage known) private view returns (uint256) {
        if (known.status == KeyStatus.Challenged) return type(uint256).max;
        uint256 over = known.endedAt != 0 && known.endedAt < known.expiresAt ? known.endedAt : known.expiresAt;
        return over + tail;
    }

    function _mayRevoke(bytes32 key, uint32 provider) private view returns (bool) {
        if (coverOf[key][msg.sender] != 0 || msg.sender == _governance()) return true;
        (,, ProviderIdentity memory identity) = market.getProvider(provider);
        return msg.sender == identity.owner || msg.sender == identity.operator;
    }

    function _governance() private view returns (address) {
        return Ownable(address(market.parameters())).owner();
    }

    function _requireGovernance() private view {
        if (msg.sender != _governance()) revert NotGovernance(msg.sender);
    }
}

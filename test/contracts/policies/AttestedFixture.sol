// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {AttestationKind, Enrolment} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Acceptance} from "../../../contracts/interfaces/IAttestedPolicy.sol";
import {AttestationRegistry, RegistryTerms} from "../../../contracts/policies/attested/AttestationRegistry.sol";
import {AttestedPolicy} from "../../../contracts/policies/attested/AttestedPolicy.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

/// @title AttestedFixture
/// @notice A registry with bonded attesters, keys of P-256 and their signatures.
abstract contract AttestedFixture is MarketFixture {
    uint256 internal constant ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    address internal constant ATTESTER = address(0xa77e57);
    address internal constant SECOND = address(0xa77e58);
    address internal constant CHALLENGER = address(0xc4a1);
    bytes32 internal constant MEASURED = keccak256("measurement");
    uint256 internal constant SECRET = 0x5ec2e7;
    uint40 internal constant DELAY = 1 days;
    uint40 internal constant JUDGEMENT = 7 days;
    uint40 internal constant TAIL = 3 days;
    uint96 internal constant LEAST = 10 ether;
    uint96 internal constant CHALLENGE = 40 ether;
    uint96 internal constant COVER = 150 ether;

    AttestationRegistry internal registry;
    AttestedPolicy internal policy;
    uint32[] internal ids;

    function setUp() public virtual override {
        super.setUp();
        ids = _providers(2);
        registry = new AttestationRegistry(
            market, IERC20(address(deco)), RegistryTerms(DELAY, JUDGEMENT, TAIL, 90 days, LEAST, CHALLENGE)
        );
        policy = new AttestedPolicy(market, registry);
        _bond(ATTESTER, 1_000 ether);
        _bond(SECOND, 1_000 ether);
        _fund(CHALLENGER);
        VM.prank(CHALLENGER);
        deco.approve(address(registry), type(uint256).max);
    }

    function _bond(address attester, uint96 amount) internal {
        _fund(attester);
        VM.startPrank(attester);
        deco.approve(address(registry), type(uint256).max);
        registry.bond(amount);
        VM.stopPrank();
    }

    function _enrolment(uint32 provider) internal view returns (Enrolment memory made) {
        (uint256 x, uint256 y) = VM.publicKeyP256(SECRET);
        made = Enrolment({
            x: bytes32(x),
            y: bytes32(y),
            measurement: MEASURED,
            evidence: keccak256("evidence"),
            provider: provider,
            kind: AttestationKind.Tpm,
            expiresAt: uint40(block.timestamp + 30 days),
            cover: COVER
        });
    }

    function _enroll(uint32 provider) internal returns (bytes32 key) {
        Enrolment memory asked = _enrolment(provider);
        VM.prank(ATTESTER);
        key = registry.enroll(asked);
    }

    function _enrollLive(uint32 provider) internal returns (bytes32 key) {
        key = _enroll(provider);
        _later(DELAY);
    }

    function _acceptance() internal pure returns (Acceptance memory made) {
        (made.kinds, made.minAttesters) = (1, 1);
        made.measurements = new bytes32[](1);
        made.measurements[0] = MEASURED;
        made.attesters = new address[](1);
        made.attesters[0] = ATTESTER;
    }

    function _sign(bytes32 message) internal pure returns (bytes32 r, bytes32 s) {
        (r, s) = VM.signP256(SECRET, message);
        if (uint256(s) > ORDER / 2) s = bytes32(ORDER - uint256(s));
    }
}

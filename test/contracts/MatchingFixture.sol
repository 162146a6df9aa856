// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../contracts/interfaces/IDecoMarket.sol";
import {
    AssignedSeat,
    Match,
    MatchingLib,
    Offer,
    OfferSeat,
    TaskOffer,
    TaskSeat
} from "../../contracts/types/Matching.sol";
import {Request} from "../../contracts/types/Request.sol";
import {MarketFixture} from "./MarketFixture.sol";
import {VM} from "./support/Vm.sol";
import {Keys, Wallet} from "./support/Wallets.sol";

/// @title MatchingFixture
/// @notice Keys of a requester, an allocator and providers, and what they sign.
abstract contract MatchingFixture is MarketFixture {
    uint256 internal constant REQUESTER_KEY = 0xa11ce;
    uint256 internal constant ALLOCATOR_KEY = 0xa110c;
    uint256 internal constant OTHER_KEY = 0xbad;
    uint32 internal constant WINDOW = 120;
    /// @dev On the ramp, and on none of its steps.
    uint96 internal constant PRICE = 2_345_679;

    address internal holder;
    address internal allocator;
    uint32[] internal ids;

    function setUp() public virtual override {
        super.setUp();
        holder = VM.addr(REQUESTER_KEY);
        allocator = VM.addr(ALLOCATOR_KEY);
        ids = _providers(5);
        _fund(holder);
        VM.startPrank(holder);
        market.deposit(address(token), 100e6);
        market.deposit(address(deco), 100 ether);
        token.approve(address(market), 0);
        deco.approve(address(market), 0);
        VM.stopPrank();
    }

    /// @dev A contract of the holder's key, with a balance of both tokens.
    function _fundedWallet() internal returns (Wallet wallet) {
        wallet = new Wallet(holder);
        require(deco.transfer(address(wallet), 10 ether), "funds");
        token.mint(address(wallet), 100e6);
        wallet.run(address(deco), abi.encodeCall(deco.approve, (address(market), 10 ether)));
        wallet.run(address(token), abi.encodeCall(token.approve, (address(market), 100e6)));
        wallet.run(address(market), abi.encodeCall(market.deposit, (address(deco), 10 ether)));
        wallet.run(address(market), abi.encodeCall(market.deposit, (address(token), 100e6)));
    }

    function _key(uint32 provider) internal pure returns (uint256) {
        return 0x300000 + uint256(provider);
    }

    function _operator(uint32 provider) internal pure override returns (address) {
        return VM.addr(_key(provider));
    }

    /// @dev The holder's, for the allocator: two replicas.
    function _signable() internal returns (Request memory request) {
        request = _request();
        request.requester = holder;
        (request.allocator, request.allocatorWindow) = (allocator, WINDOW);
        (request.replicas, request.maxReplicas) = (2, 4);
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash));
    }

    function _signRequest(Request memory request) internal view returns (bytes memory) {
        return Keys.sign(REQUESTER_KEY, market.hashRequest(request));
    }

    function _taskOffer(bytes32 taskId, uint32 provider) internal view returns (TaskOffer memory) {
        return TaskOffer({
            taskId: taskId,
            provider: provider,
            price: PRICE,
            expiry: uint40(block.timestamp + 60),
            epoch: _identity(provider).offerEpoch
        });
    }

    function _terms(TaskOffer memory offer) internal pure returns (uint256) {
        return uint256(offer.provider) | (uint256(offer.price) << 32) | (uint256(offer.expiry) << 128);
    }

    function _signed(TaskOffer memory offer, uint256 key) internal view returns (TaskSeat memory seat) {
        seat.terms = _terms(offer);
        (seat.r, seat.vs) = Keys.signShort(key, _digest(MatchingLib.structHash(offer)));
    }

    function _taskSeats(bytes32 taskId, uint32[] memory providers) internal view returns (TaskSeat[] memory seats) {
        seats = new TaskSeat[](providers.length);
        for (uint256 i = 0; i < providers.length; ++i) {
            seats[i] = _signed(_taskOffer(taskId, providers[i]), _key(providers[i]));
        }
    }

    /// @dev A standing offer of three seats.
    function _offer(uint32 provider) internal view returns (Offer memory offer) {
        offer.provider = provider;
        offer.allocator = allocator;
        offer.token = address(token);
        offer.price = PRICE;
        offer.minLock = LOCK / 2;
        offer.maxLock = LOCK;
        offer.maxVolume = 1;
        offer.minCommitWindow = 600;
        offer.seats = 3;
        offer.expiry = uint40(block.timestamp + 600);
        offer.epoch = _identity(provider).offerEpoch;
        offer.salt = keccak256("salt");
    }

    function _hashOf(Offer memory offer) internal view returns (bytes32) {
        return _digest(MatchingLib.structHash(offer));
    }

    function _signed(Offer memory offer) internal view returns (OfferSeat[] memory seats) {
        seats = new OfferSeat[](1);
        seats[0] = OfferSeat(offer, Keys.sign(_key(offer.provider), _hashOf(offer)));
    }

    /// @dev A signed request with task offers of two providers, not yet assigned: its allocator may call.
    function _match(Request memory request, uint32[] memory providers) internal view returns (Match memory item) {
        item.request = request;
        item.signature = _signRequest(request);
        item.taskSeats = _taskSeats(market.hashRequest(request), providers);
    }

    function _match(Request memory request, Offer memory offer) internal view returns (Match memory item) {
        item.request = request;
        item.signature = _signRequest(request);
        item.offerSeats = _signed(offer);
    }

    function _match(Request memory request, TaskSeat memory seat) internal view returns (Match memory item) {
        item.request = request;
        item.signature = _signRequest(request);
        item.taskSeats = new TaskSeat[](1);
        item.taskSeats[0] = seat;
    }

    function _seatsOf(Match memory item) internal pure returns (AssignedSeat[] memory seats) {
        uint256 short = item.taskSeats.length;
        seats = new AssignedSeat[](short + item.offerSeats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            seats[i] = i < short
                ? AssignedSeat(uint32(item.taskSeats[i].terms), uint96(item.taskSeats[i].terms >> 32))
                : AssignedSeat(item.offerSeats[i - short].offer.provider, item.offerSeats[i - short].offer.price);
        }
    }

    function _assignmentDigest(Match memory item, uint256 round) internal view returns (bytes32) {
        return _digest(MatchingLib.structHash(market.hashRequest(item.request), round, _seatsOf(item)));
    }

    /// @dev The allocator's signature of what is in the item.
    function _assigned(Match memory item) internal view returns (Match memory) {
        item.assignment = Keys.sign(ALLOCATOR_KEY, _assignmentDigest(item, 1));
        return item;
    }

    function _open(Match memory item) internal returns (bytes32 taskId) {
        VM.prank(RELAYER);
        taskId = market.openAndAssign(item);
    }

    function _openAsAllocator(Match memory item) internal returns (bytes32 taskId) {
        VM.prank(allocator);
        taskId = market.openAndAssign(item);
    }

    function _pair() internal view returns (uint32[] memory) {
        return _slice(ids, 0, 2);
    }

    function _one(uint256 index) internal view returns (uint32[] memory) {
        return _slice(ids, index, index + 1);
    }

    /// @dev The digest as it would be on another chain, or of another market.
    function _foreign(bytes32 structHash, bool chain) internal returns (bytes32 digest) {
        if (!chain) {
            IDecoMarket other = _deployMarket(deco, parameters, randomness);
            return keccak256(abi.encodePacked(hex"1901", other.domainSeparator(), structHash));
        }
        uint256 here = block.chainid;
        VM.chainId(here + 1);
        digest = _digest(structHash);
        VM.chainId(here);
    }
}

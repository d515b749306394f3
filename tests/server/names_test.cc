#include "server/names.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/fake_zygote.h"

namespace ipclab {
namespace {

using internal::IpcName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

const std::string kExperiment = "experiments/a";
const std::string kUid = "01234567-89ab-4cde-8f01-23456789abcd";

class NamesTest : public ::testing::Test, public Zygote::Listener {
 protected:
  void OnSpawned(const internal::Spawned&, std::vector<UniqueFd>) override {}
  void OnEnded(const internal::Ended&) override {}
  void OnStopped(const internal::Stopped&) override {}
  void OnReclaimed(const internal::Reclaimed& reclaimed) override { names_.OnReclaimed(reclaimed); }
  void OnZygoteLost() override {}

  std::vector<std::string> Choose(const std::vector<IpcName::Kind>& kinds) {
    std::vector<std::string> chosen;
    OnStrand(zygote_.loop(), [&] {
      for (const StoredIntent& intent : names_.Choose(7, kExperiment, kUid, kinds)) {
        EXPECT_EQ(intent.experiment, kExperiment);
        chosen.push_back(intent.name.name());
      }
    });
    return chosen;
  }

  // Has the names removed; whether all are gone comes later.
  void Remove() {
    OnStrand(zygote_.loop(),
             [&] { names_.Remove(7, kExperiment, [this](bool gone) { removed_.Put(gone); }); });
  }

  void Answer(uint64_t request, const std::string& error = "") {
    internal::FromZygote message;
    message.mutable_reclaimed()->set_request(request);
    message.mutable_reclaimed()->set_error(error);
    zygote_.Send(message);
  }

  std::vector<std::string> Kept() {
    std::vector<std::string> kept;
    OnStrand(zygote_.loop(), [&] {
      for (const StoredIntent& intent : names_.Of(kExperiment)) kept.push_back(intent.name.name());
    });
    return kept;
  }

  // Likewise of strays.
  void RemoveStrays(const std::vector<std::string>& names) {
    OnStrand(zygote_.loop(), [&] {
      std::vector<IpcName> strays;
      for (const std::string& name : names) {
        strays.emplace_back().set_kind(IpcName::POSIX_SHM);
        strays.back().set_name(name);
      }
      names_.RemoveStrays(std::move(strays), [this](std::vector<std::string> errors) {
        errors_.Put(std::move(errors));
      });
    });
  }

  // "/name of experiment", and whether it is in use.
  std::vector<std::pair<std::string, bool>> InUse() {
    std::vector<std::pair<std::string, bool>> all;
    OnStrand(zygote_.loop(), [&] {
      for (const NamesInUse::Name& each : names_.InUse().names) {
        all.emplace_back(each.intent.name.name() + " of " + each.intent.experiment, each.in_use);
      }
    });
    return all;
  }

  Mailbox<bool> removed_;
  Mailbox<std::vector<std::string>> errors_;
  FakeZygote zygote_{*this};
  Names names_{zygote_.server_side(), "abc123", "/run/ipclab"};
};

TEST_F(NamesTest, OneNameOfEachKindIsChosenAndGuarded) {
  EXPECT_THAT(Choose({IpcName::POSIX_SHM, IpcName::FILE}),
              ElementsAre("/ipclab-abc123-01234567-0", "/run/ipclab/01234567/1"));
  const internal::Guard guard = zygote_.Await().guard();
  EXPECT_EQ(guard.experiment(), 7u);
  ASSERT_EQ(guard.names_size(), 2);
  EXPECT_EQ(guard.names(1).kind(), IpcName::FILE);
  EXPECT_EQ(guard.names(1).name(), "/run/ipclab/01234567/1");
}

TEST_F(NamesTest, WithoutKindsThereIsNothingToGuardOrRemove) {
  EXPECT_THAT(Choose({}), IsEmpty());
  Remove();
  EXPECT_EQ(removed_.Take(), true);
  EXPECT_FALSE(zygote_.HasMessage());
}

TEST_F(NamesTest, RemovalIsOverWhenTheZygoteSaidSoOfEach) {
  Choose({IpcName::POSIX_SHM, IpcName::POSIX_MQ});
  zygote_.Await();
  Remove();
  const internal::Reclaim first = zygote_.Await().reclaim();
  const internal::Reclaim second = zygote_.Await().reclaim();
  EXPECT_EQ(first.name().kind(), IpcName::POSIX_SHM);
  EXPECT_NE(first.request(), second.request());
  Answer(second.request());
  Answer(second.request());
  EXPECT_EQ(Kept().size(), 2u);
  EXPECT_TRUE(removed_.empty());
  Answer(first.request());
  EXPECT_EQ(removed_.Take(), true);
  EXPECT_THAT(Kept(), IsEmpty());
  const internal::ToZygote message = zygote_.Await();
  EXPECT_TRUE(message.has_guard()) << "the guard goes last";
  EXPECT_EQ(message.guard().names_size(), 0);
}

TEST_F(NamesTest, WhatCouldNotBeRemovedIsKept) {
  Choose({IpcName::POSIX_SHM, IpcName::POSIX_MQ});
  zygote_.Await();
  Remove();
  Answer(zygote_.Await().reclaim().request(), "permission denied");
  Answer(zygote_.Await().reclaim().request());
  EXPECT_EQ(removed_.Take(), false);
  EXPECT_EQ(Kept().size(), 2u);
  EXPECT_FALSE(zygote_.HasMessage()) << "it stays guarded";
}

TEST_F(NamesTest, WhatWasLeftByAnEarlierServerIsRemovedLikewise) {
  StoredIntent intent{kExperiment, {}};
  intent.name.set_kind(IpcName::POSIX_SEM);
  intent.name.set_name("/ipclab-abc123-89abcdef-0");
  OnStrand(zygote_.loop(), [&] { names_.Restore({intent}); });
  Remove();
  const internal::Reclaim reclaim = zygote_.Await().reclaim();
  EXPECT_EQ(reclaim.name().name(), "/ipclab-abc123-89abcdef-0");
  Answer(reclaim.request());
  EXPECT_EQ(removed_.Take(), true);
}

TEST_F(NamesTest, ANameIsInUseUntilItsRemovalIsAskedFor) {
  Choose({IpcName::POSIX_SHM});
  zygote_.Await();
  const std::string name = "/ipclab-abc123-01234567-0 of " + kExperiment;
  EXPECT_THAT(InUse(), ElementsAre(std::pair(name, true)));
  Remove();
  EXPECT_THAT(InUse(), ElementsAre(std::pair(name, false)));
  Answer(zygote_.Await().reclaim().request());
  EXPECT_EQ(removed_.Take(), true);
  EXPECT_THAT(InUse(), IsEmpty());
}

TEST_F(NamesTest, WhatAnEarlierServerLeftIsNotInUse) {
  StoredIntent intent{kExperiment, {}};
  intent.name.set_name("/ipclab-abc123-89abcdef-0");
  OnStrand(zygote_.loop(), [&] { names_.Restore({intent}); });
  EXPECT_THAT(InUse(),
              ElementsAre(std::pair("/ipclab-abc123-89abcdef-0 of " + kExperiment, false)));
}

TEST_F(NamesTest, EachStrayIsAnsweredForByItself) {
  RemoveStrays({"/ipclab-abc123-00000000-0", "/ipclab-abc123-00000000-1"});
  const internal::Reclaim first = zygote_.Await().reclaim();
  const internal::Reclaim second = zygote_.Await().reclaim();
  EXPECT_EQ(first.name().name(), "/ipclab-abc123-00000000-0");
  Answer(second.request());
  EXPECT_TRUE(errors_.empty());
  Answer(first.request(), "permission denied");
  EXPECT_THAT(errors_.Take(), Optional(ElementsAre("permission denied", "")));
}

TEST_F(NamesTest, WithoutStraysNobodyIsAsked) {
  RemoveStrays({});
  EXPECT_THAT(errors_.Take(), Optional(IsEmpty()));
  EXPECT_FALSE(zygote_.HasMessage());
}

TEST_F(NamesTest, AStrayThatAnEndedExperimentLeftIsForgottenWhenItIsGone) {
  Choose({IpcName::POSIX_SHM, IpcName::POSIX_SEM});
  zygote_.Await();
  Remove();
  Answer(zygote_.Await().reclaim().request(), "busy");
  Answer(zygote_.Await().reclaim().request(), "busy");
  EXPECT_EQ(removed_.Take(), false);
  RemoveStrays({"/ipclab-abc123-01234567-0"});
  Answer(zygote_.Await().reclaim().request(), "still busy");
  EXPECT_THAT(errors_.Take(), Optional(ElementsAre("still busy")));
  EXPECT_EQ(Kept().size(), 2u);
  EXPECT_FALSE(zygote_.HasMessage()) << "both stay guarded";
  RemoveStrays({"/ipclab-abc123-01234567-0"});
  Answer(zygote_.Await().reclaim().request());
  EXPECT_THAT(errors_.Take(), Optional(ElementsAre("")));
  EXPECT_THAT(Kept(), ElementsAre("/ipclab-abc123-01234567-1"));
  const internal::Guard guard = zygote_.Await().guard();
  ASSERT_EQ(guard.names_size(), 1) << "the other stays guarded";
  EXPECT_EQ(guard.names(0).name(), "/ipclab-abc123-01234567-1");
}

TEST_F(NamesTest, ANewZygoteIsAskedForTheStraysThatTheOldOneWas) {
  RemoveStrays({"/ipclab-abc123-00000000-0"});
  const internal::Reclaim before = zygote_.Await().reclaim();
  OnStrand(zygote_.loop(), [&] { names_.OnZygoteLost(); });
  const internal::Reclaim again = zygote_.Await().reclaim();
  EXPECT_EQ(again.request(), before.request());
  EXPECT_EQ(again.name().name(), before.name().name());
  Answer(again.request());
  EXPECT_THAT(errors_.Take(), Optional(ElementsAre("")));
}

TEST_F(NamesTest, AQuestionThatNoZygoteSurvivesIsGivenUp) {
  RemoveStrays({"/ipclab-abc123-00000000-0"});
  ASSERT_TRUE(zygote_.Await().has_reclaim());
  OnStrand(zygote_.loop(), [&] { names_.OnZygoteLost(); });
  ASSERT_TRUE(zygote_.Await().has_reclaim());
  OnStrand(zygote_.loop(), [&] { names_.OnZygoteLost(); });
  const auto errors = errors_.Take();
  ASSERT_TRUE(errors.has_value());
  EXPECT_THAT(*errors, ElementsAre(testing::HasSubstr("lost twice")));
  EXPECT_FALSE(zygote_.HasMessage());
}

TEST_F(NamesTest, ANewZygoteGuardsAndIsAskedWhatTheOldOneWas) {
  Choose({IpcName::POSIX_SHM});
  zygote_.Await();
  Remove();
  const internal::Reclaim before = zygote_.Await().reclaim();
  OnStrand(zygote_.loop(), [&] { names_.OnZygoteLost(); });
  const internal::Guard guard = zygote_.Await().guard();
  EXPECT_EQ(guard.experiment(), 7u);
  EXPECT_EQ(guard.names_size(), 1);
  const internal::Reclaim again = zygote_.Await().reclaim();
  EXPECT_EQ(again.request(), before.request());
  Answer(again.request());
  EXPECT_EQ(removed_.Take(), true);
}

TEST_F(NamesTest, ForgottenNamesAreNotGuardedAnyMore) {
  Choose({IpcName::POSIX_SHM});
  zygote_.Await();
  OnStrand(zygote_.loop(), [&] { names_.Forget(7, kExperiment); });
  EXPECT_EQ(zygote_.Await().guard().names_size(), 0);
  OnStrand(zygote_.loop(), [&] { names_.OnZygoteLost(); });
  EXPECT_FALSE(zygote_.HasMessage());
}

}  // namespace
}  // namespace ipclab
